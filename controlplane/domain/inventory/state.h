// What numbers an organization holds, has put aside, or waits for.
#pragma once

#include <array>
#include <cstdint>
#include <string>

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

  // Derived: held from stock, by type (ported numbers do not count: domain.md 2.6); and when
  // reservations expire.
  std::array<std::uint64_t, NumberType_ARRAYSIZE> from_stock{};
  Deadlines deadlines;

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, reservations);
    visit(2, pending);
    visit(3, numbers);
  }
  void Derive();
};

}  // namespace dialtone::inventory
