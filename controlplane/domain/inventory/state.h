// What numbers an organization holds, has put aside, waits for, or has given up not long ago.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>
#include <utility>

#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/table.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "dialtone/inventory/v1/inventory_step.pb.h"
#include "dialtone/inventory/v1/number.pb.h"

namespace dialtone::inventory {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 3;

  Table<std::string, Reservation> reservations;  // by name
  Table<std::string, PendingHold> pending;  // by the name of the reservation that it may become
  Table<std::uint64_t, Number> numbers;     // by digits
  Table<std::string, Release> releases;     // by name: what can still be restored
  Table<std::uint64_t, ReleasedNumber> released;  // by digits: the numbers of the releases
  Single<NumberSettings> settings;

  // Derived: held from stock, by type (ported numbers do not count: domain.md 2.6); which numbers
  // an assignee has; and when reservations expire, and releases can no longer be undone.
  std::array<std::uint64_t, NumberType_ARRAYSIZE> from_stock{};
  std::set<std::pair<std::string, std::uint64_t>> assigned;  // assignee, digits
  Deadlines deadlines;

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, reservations);
    visit(2, pending);
    visit(3, numbers);
    visit(4, releases);
    visit(5, released);
    visit(6, settings);
  }
  void Derive();
};

}  // namespace dialtone::inventory
