// Folds the slice's events into addresses, locations and disclaimers.
#pragma once

#include "controlplane/domain/emergency/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::emergency {

// Folds one event. Cannot fail.
void Evolve(State& state, const EmergencyEvent& event, Moment at);

}  // namespace dialtone::emergency
