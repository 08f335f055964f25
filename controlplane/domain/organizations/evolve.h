// Folds the slice's events into who the organization and its users are.
#pragma once

#include "controlplane/domain/organizations/state.h"
#include "controlplane/kernel/position.h"

namespace dialtone::organizations {

// Folds one event. Cannot fail.
void Evolve(State& state, const OrganizationsEvent& event, Moment at);

}  // namespace dialtone::organizations
