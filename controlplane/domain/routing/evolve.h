// Folds the slice's events into trunks.
#pragma once

#include "controlplane/domain/routing/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::routing {

// Folds one event. Cannot fail.
void Evolve(State& state, const RoutingEvent& event, Moment at);

}  // namespace dialtone::routing
