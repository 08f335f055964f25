// An organization's port orders, and what somebody must know to port its numbers out.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/table.h"
#include "dialtone/porting/v1/port_order.pb.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "dialtone/porting/v1/porting_step.pb.h"

namespace dialtone::porting {

using namespace v1;  // this slice's own words

// The orders of one losing account, as they stand in line, by ticket and name: losing carriers take
// one at a time (domain.md 4.1), so the first is with the carrier, or its turn has come.
using Line = std::set<std::pair<std::uint64_t, std::string>>;

// Behind an order's name among the deadlines: its carrier's answer, not the order itself.
inline constexpr std::string_view kAnswerDeadline = "#answer";

struct State {
  static constexpr std::uint8_t kSlice = 5;

  Table<std::string, PortOrder> orders;     // by name
  Table<std::string, PendingPort> pending;  // by the order's name
  Single<PortOutPin> port_out_pin;
  Table<std::string, PortProject> projects;      // by name; without what is derived
  Table<std::string, PortOutRequest> port_outs;  // by name

  // Derived: the lines by account key; of open orders, by each number that still waits, which
  // order; and when approved orders are locked, or whose turn has come.
  std::map<std::string, Line> lines;
  std::map<std::uint64_t, std::string> open_numbers;
  Deadlines deadlines;

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, orders);
    visit(2, pending);
    visit(3, port_out_pin);
    visit(4, projects);
    visit(5, port_outs);
  }
  void Derive();
};

}  // namespace dialtone::porting
