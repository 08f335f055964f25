// What the stock view keeps of blocks: all of their numbers, and what a search for blocks looks at.
#pragma once

#include "controlplane/kernel/position.h"
#include "dialtone/stock/v1/stock_event.pb.h"
#include "dialtone/stock/v1/stock_row.pb.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// Key(block).
inline constexpr RowTable<stock::v1::StockRow> kStockBlocks{1};
// Key(type, country, region, city, area code, block): blocks that were ever loaded.
inline constexpr RowTable<stock::v1::StockCount> kStockCounts{2};

void Project(const stock::v1::StockEvent& event, Moment at, RowWriter& rows);

}  // namespace dialtone::projections
