// Folds the slice's events into what credits an organization has, and which usage was counted.
#pragma once

#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::billing {

// Folds one event. Cannot fail.
void Evolve(State& state, const BillingEvent& event, Moment at);

}  // namespace dialtone::billing
