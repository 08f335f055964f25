// What credits an organization has, what it has put aside, and which usage it was charged for.
#pragma once

#include <cstdint>
#include <string>

#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/table.h"
#include "dialtone/billing/v1/billing_event.pb.h"
#include "dialtone/billing/v1/billing_step.pb.h"
#include "dialtone/billing/v1/credits.pb.h"
#include "dialtone/billing/v1/usage.pb.h"

namespace dialtone::billing {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 9;

  Single<CreditAccount> account;            // from the first FundCredits or SetAutoRecharge on
  Table<std::uint64_t, Lot> lots;           // by number, the oldest first; until they expire
  Table<std::string, CreditHold> holds;     // by name; those that are pending
  Table<std::string, Payment> payments;     // by name; until they are forgotten
  Table<std::string, UsageSource> sources;  // by name
  Table<std::string, MinutePool> pools;     // by name

  // Derived: the first lot that has something left, so that used-up ones are not looked at; and
  // when lots, holds and payments end; and which payments wait, with what they come to.
  std::uint64_t open_from = 1;
  std::uint64_t waiting_payments = 0;
  std::int64_t waiting_micros = 0;
  Deadlines deadlines;

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, account);
    visit(2, lots);
    visit(3, holds);
    visit(4, payments);
    visit(5, sources);
    visit(6, pools);
  }
  void Derive();
};

}  // namespace dialtone::billing
