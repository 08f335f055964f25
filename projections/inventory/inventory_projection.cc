#include "projections/inventory/inventory_projection.h"

#include <string>

#include "projections/inventory/emergency_rows.h"
#include "projections/inventory/inventory_rows.h"
#include "projections/inventory/licensing_rows.h"
#include "projections/inventory/organizations_rows.h"
#include "projections/inventory/porting_rows.h"

namespace dialtone::projections {

namespace {

using ledger::v1::Event;

// A line a slice: `Project` of its <slice>_rows.h.
void ProjectEvent(const Event& event, const std::string& aggregate, Moment at, RowWriter& rows) {
  if (event.has_organizations()) projections::Project(event.organizations(), aggregate, at, rows);
  if (event.has_licensing()) projections::Project(event.licensing(), aggregate, at, rows);
  if (event.has_inventory()) projections::Project(event.inventory(), aggregate, at, rows);
  if (event.has_inventory()) ProjectHeld(event.inventory(), aggregate, kCallers, rows);
  if (event.has_emergency()) projections::Project(event.emergency(), aggregate, at, rows);
  if (event.has_porting()) projections::Project(event.porting(), aggregate, at, rows);
}

}  // namespace

void InventoryProjection::Project(const ledger::v1::Outcome& outcome, Moment at,
                                  RowWriter& rows) const {
  for (const Event& event : outcome.events()) ProjectEvent(event, outcome.aggregate(), at, rows);
}

}  // namespace dialtone::projections
