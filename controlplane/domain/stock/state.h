// Which of a block's ten thousand numbers are free, who holds the others, which rest.
#pragma once

#include "controlplane/kernel/table.h"
#include "dialtone/stock/v1/number_block.pb.h"
#include "dialtone/stock/v1/stock_event.pb.h"
#include "dialtone/stock/v1/stock_step.pb.h"

namespace dialtone::stock {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 4;

  Single<BlockRow> block;
  Table<std::uint64_t, HolderRow> holders;     // by the last four digits
  Table<std::uint64_t, CoolingRow> cooling;    // given back, free again later
  Table<std::uint64_t, DepartedRow> departed;  // of our stock, and served by other carriers

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, block);
    visit(2, holders);
    visit(3, cooling);
    visit(4, departed);
  }
  void Derive() {}
};

}  // namespace dialtone::stock
