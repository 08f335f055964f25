// An organization's port orders, and what somebody must know to port its numbers out.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/table.h"
#include "dialtone/porting/v1/port_order.pb.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "dialtone/porting/v1/porting_step.pb.h"

namespace dialtone::porting {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 5;

  Table<std::string, PortOrder> orders;     // by name
  Table<std::string, PendingPort> pending;  // by the order's name
  Single<PortOutPin> port_out_pin;

  // Derived, of open orders only: by losing account, and by each number that still waits, which
  // order; and when approved orders are locked.
  std::multimap<std::string, std::string> open_accounts;
  std::map<std::uint64_t, std::string> open_numbers;
  Deadlines deadlines;

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, orders);
    visit(2, pending);
    visit(3, port_out_pin);
  }
  void Derive();
};

}  // namespace dialtone::porting
