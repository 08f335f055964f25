#include "projections/stock/stock_projection.h"

#include "projections/stock/stock_rows.h"

namespace dialtone::projections {

namespace {

using ledger::v1::Event;

void ProjectEvent(const Event& event, Moment at, RowWriter& rows) {
  switch (event.slice_case()) {
    case Event::kStock:
      return projections::Project(event.stock(), at, rows);
    case Event::kOrganizations:
    case Event::kLicensing:
    case Event::kPorting:
    case Event::kBilling:
    case Event::kInventory:
    case Event::kEmergency:
    case Event::kRouting:
    case Event::kBilling:
      return;  // of other views
    case Event::kExercise:
    case Event::SLICE_NOT_SET:
      return rows.Unknown(event);
void StockProjection::Project(const ledger::v1::Outcome& outcome, Moment at,
                              RowWriter& rows) const {
  for (const ledger::v1::Event& event : outcome.events()) {
    if (event.has_stock()) projections::Project(event.stock(), at, rows);
  }
}

}  // namespace dialtone::projections
