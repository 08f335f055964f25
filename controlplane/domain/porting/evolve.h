// Folds the slice's events into an organization's port orders.
#pragma once

#include "controlplane/domain/porting/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::porting {

// Folds one event. Cannot fail.
void Evolve(State& state, const PortingEvent& event, Moment at);

}  // namespace dialtone::porting
