// Folds the slice's events into what an organization holds, has put aside, or waits for.
#pragma once

#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::inventory {

// Folds one event. Cannot fail.
void Evolve(State& state, const InventoryEvent& event, Moment at);

}  // namespace dialtone::inventory
