#include "projections/billing/billing_projection.h"

#include "projections/billing/billing_rows.h"

namespace dialtone::projections {

void BillingProjection::Project(const ledger::v1::Outcome& outcome, Moment at,
                                RowWriter& rows) const {
  for (const ledger::v1::Event& event : outcome.events()) {
    if (event.has_billing()) projections::Project(event.billing(), outcome.aggregate(), at, rows);
    if (event.slice_case() == ledger::v1::Event::SLICE_NOT_SET) rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
