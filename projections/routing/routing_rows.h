// What the routing view keeps: numbers under their digits, and trunks.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/routing/v1/routing_event.pb.h"
#include "dialtone/routing/v1/trunk.pb.h"
#include "projections/inventory/held_numbers.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// Key(digits, organization).
inline constexpr HeldNumbers kRoutes{1};
// Key(organization, trunk): both by their full names.
inline constexpr RowTable<routing::v1::Trunk> kTrunks{2};

void ProjectTrunks(const routing::v1::RoutingEvent& event, const std::string& organization,
                   RowWriter& rows);

}  // namespace dialtone::projections
