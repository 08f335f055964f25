// What a project is, told from its orders.
#pragma once

#include <vector>

#include "controlplane/domain/porting/state.h"

namespace dialtone::porting {

// A function of the orders' states alone, whatever their order: PortProject.State says how.
PortProject::State RollUp(const std::vector<PortOrder::State>& states);

// As it is shown to callers: with all that is derived from its orders.
PortProject Shown(PortProject project, const std::vector<PortOrder>& orders);

}  // namespace dialtone::porting
