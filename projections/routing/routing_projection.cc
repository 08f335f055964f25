#include "projections/routing/routing_projection.h"

#include "projections/routing/routing_rows.h"

namespace dialtone::projections {

void RoutingProjection::Project(const ledger::v1::Outcome& outcome, Moment, RowWriter& rows) const {
  for (const ledger::v1::Event& event : outcome.events()) {
    if (event.has_inventory()) ProjectHeld(event.inventory(), outcome.aggregate(), kRoutes, rows);
    if (event.has_routing()) ProjectTrunks(event.routing(), outcome.aggregate(), rows);
  }
}

}  // namespace dialtone::projections
