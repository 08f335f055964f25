// Whether help can be sent to where a number is said to be: domain.md 3.5, 5.3.
#pragma once

#include <string>

#include "controlplane/domain/emergency/state.h"
#include "controlplane/kernel/context.h"
#include "dialtone/inventory/v1/number.pb.h"

namespace dialtone::inventory {

// What emergency asks of the location for a number that calls from there.
void RequireFits(Rules& rules, const v1::Number& number, const std::string& location,
                 const emergency::State& state, Context& context);

}  // namespace dialtone::inventory
