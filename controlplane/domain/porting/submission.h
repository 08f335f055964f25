// What an order must have to go to the carrier, and how it stands in its losing account's line:
// for one order and for a whole project. Private to the decisions.
#pragma once

#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/porting/rules.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/rules.h"

namespace dialtone::porting {

// What policy knows of each number of each of the orders, domain.md 4.1: of each rule the first
// number that breaks it is told.
Rules& RequirePortable(Rules& rules, const std::vector<const PortOrder*>& orders,
                       const policy::Policy& policy, Timestamp now);
// All that must be right of an order that goes to the carrier: when it is submitted, and again when
// its turn comes.
Rules& RequireReady(Rules& rules, const PortOrder& order, const Organization& organization,
                    const Context& context);
// An order of a project that closes its account comes when the others of the account are done:
// those that are not stand in line before it.
Rules& RequireAccountLeft(Rules& rules, const PortOrder& order,
                          const std::vector<PortOrder>& siblings);
// The orders of its project, itself among them; none: it is of no project.
std::vector<PortOrder> SiblingsOf(const PortOrder& order, const State& state);
Rules& RequireRoomInLine(Rules& rules, const Line& line, const policy::Policy& policy);

// Who stands there for the order's losing account; perhaps nobody.
Line LineOf(const PortOrder& order, const State& state);
// The order with the next place behind `line`, and with who works on it.
PortOrder Behind(const Line& line, PortOrder order, const Context& context);
// The same, waiting from now on.
PortOrder Queued(const Line& line, const PortOrder& order, const Context& context);

}  // namespace dialtone::porting
