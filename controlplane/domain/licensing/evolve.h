// Folds the slice's events into which licences were bought, and who has them.
#pragma once

#include "controlplane/domain/licensing/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::licensing {

// Folds one event. Cannot fail.
void Evolve(State& state, const LicensingEvent& event, Moment at);

}  // namespace dialtone::licensing
