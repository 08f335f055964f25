#include "projections/stock/stock_projection.h"

#include "projections/stock/stock_rows.h"

namespace dialtone::projections {

void StockProjection::Project(const ledger::v1::Outcome& outcome, Moment at,
                              RowWriter& rows) const {
  for (const ledger::v1::Event& event : outcome.events()) {
    if (event.has_stock()) projections::Project(event.stock(), at, rows);
  }
}

}  // namespace dialtone::projections
