#include "controlplane/domain/organizations/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::organizations {

namespace {

void Apply(State& state, const OrganizationCreated& event, Moment) {
  state.organization.Put() = event.organization();
}

}  // namespace

void Evolve(State& state, const OrganizationsEvent& event, Moment at) {
  switch (event.event_case()) {
    case OrganizationsEvent::kOrganizationCreated:
      return Apply(state, event.organization_created(), at);
    case OrganizationsEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::organizations
