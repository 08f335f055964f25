#include "controlplane/domain/organizations/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::organizations {

namespace {

void Apply(State& state, const OrganizationCreated& event, Moment) {
  state.organization.Put() = event.organization();
}

void Apply(State& state, const OrganizationUpdated& event, Moment) {
  state.organization.Put() = event.organization();
}

void Apply(State& state, const OrganizationSuspended& event, Moment) {
  state.organization.Put() = event.organization();
}

void Apply(State& state, const OrganizationResumed& event, Moment) {
  state.organization.Put() = event.organization();
}

void Apply(State& state, const OrganizationDeleted& event, Moment) {
  state.organization.Put() = event.organization();
}

void Apply(State& state, const UsersCreated& event, Moment) {
  for (const User& user : event.users()) state.users.Put(user.name()) = user;
}

void Apply(State& state, const UserUpdated& event, Moment) {
  state.users.Put(event.user().name()) = event.user();
}

void Apply(State& state, const UserDeleted& event, Moment) { state.users.Erase(event.user()); }

}  // namespace

void Evolve(State& state, const OrganizationsEvent& event, Moment at) {
  switch (event.event_case()) {
    case OrganizationsEvent::kOrganizationCreated:
      return Apply(state, event.organization_created(), at);
    case OrganizationsEvent::kOrganizationUpdated:
      return Apply(state, event.organization_updated(), at);
    case OrganizationsEvent::kOrganizationSuspended:
      return Apply(state, event.organization_suspended(), at);
    case OrganizationsEvent::kOrganizationResumed:
      return Apply(state, event.organization_resumed(), at);
    case OrganizationsEvent::kOrganizationDeleted:
      return Apply(state, event.organization_deleted(), at);
    case OrganizationsEvent::kUsersCreated:
      return Apply(state, event.users_created(), at);
    case OrganizationsEvent::kUserUpdated:
      return Apply(state, event.user_updated(), at);
    case OrganizationsEvent::kUserDeleted:
      return Apply(state, event.user_deleted(), at);
    case OrganizationsEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::organizations
