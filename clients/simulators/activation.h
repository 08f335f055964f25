// What the carrier does about a number that was assigned, moved or given up.
#pragma once

#include "clients/simulators/plan.h"
#include "dialtone/inventory/v1/number.pb.h"

namespace dialtone::clients::simulators {

// By the number's last digits, as README.md has them; nothing, if nothing is asked.
Plan PlanFor(const inventory::v1::Number& number);

}  // namespace dialtone::clients::simulators
