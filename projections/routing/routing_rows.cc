#include "projections/routing/routing_rows.h"

namespace dialtone::projections {

namespace {

using routing::v1::RoutingEvent;
using routing::v1::Trunk;

void Keep(const Trunk& trunk, const std::string& organization, RowWriter& rows) {
  rows.Put(kTrunks, Key(organization, trunk.name()), trunk);
}

}  // namespace

void ProjectTrunks(const RoutingEvent& event, const std::string& organization, RowWriter& rows) {
  switch (event.event_case()) {
    case RoutingEvent::kTrunkCreated:
      return Keep(event.trunk_created().trunk(), organization, rows);
    case RoutingEvent::kTrunkUpdated:
      return Keep(event.trunk_updated().trunk(), organization, rows);
    case RoutingEvent::kTrunkDeleted:
      return rows.Erase(kTrunks, Key(organization, event.trunk_deleted().trunk()));
    case RoutingEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
