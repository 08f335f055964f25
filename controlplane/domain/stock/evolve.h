// Folds the slice's events into which of a block's numbers are free, held, or resting.
#pragma once

#include "controlplane/domain/stock/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::stock {

// Folds one event. Cannot fail.
void Evolve(State& state, const StockEvent& event, Moment at);

}  // namespace dialtone::stock
