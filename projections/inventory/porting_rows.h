// What the inventory view keeps of port orders.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/porting/v1/port_row.pb.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

// Key(organization, order): both by their full names.
inline constexpr RowTable<porting::v1::PortOrderRow> kPortOrders{50};
// Key(organization, order, 0, 1, 2 …): what has become of it.
inline constexpr RowTable<porting::v1::PortTransition> kPortTransitions{51};
// Those that the carrier has something to do with.
inline constexpr WaitingTable<porting::v1::PortOrder> kCarrierOrders{{52}, {54}};
// Key(partition, state).
inline constexpr RowTable<porting::v1::PortOrderCount> kPortOrderCounts{55};
// Key(organization, digits): put aside for an order, and not settled.
inline constexpr RowTable<porting::v1::PortNumber> kPortingNumbers{53};

// Key(organization, account key, ticket, order): who stands in line for a losing account.
inline constexpr RowTable<porting::v1::PortLineRow> kPortLines{56};

// Key(organization, project): without what is derived from its orders.
inline constexpr RowTable<porting::v1::PortProject> kPortProjects{57};
// Key(organization, request).
inline constexpr RowTable<porting::v1::PortOutRequest> kPortOuts{58};
// Those that the gaining carrier has something to do with, if only to see that it was told no.
inline constexpr WaitingTable<porting::v1::PortOutRequest> kCarrierPortOuts{{70}, {71}};

void Project(const porting::v1::PortingEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows);

}  // namespace dialtone::projections
