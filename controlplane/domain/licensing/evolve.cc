#include "controlplane/domain/licensing/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::licensing {

namespace {

// A user without licences has no row.
void Keep(State& state, const google::protobuf::RepeatedPtrField<UserLicenses>& users,
          const google::protobuf::RepeatedPtrField<LicensePool>& pools) {
  for (const UserLicenses& user : users) {
    if (user.skus().empty()) {
      state.users.Erase(user.user());
    } else {
      state.users.Put(user.user()) = user;
    }
  }
  for (const LicensePool& pool : pools) state.pools.Put(pool.sku()) = pool;
}

void Apply(State& state, const LicensesBought& event, Moment) {
  state.pools.Put(event.pool().sku()) = event.pool();
}

void Apply(State& state, const LicensesCancelled& event, Moment) {
  state.pools.Put(event.pool().sku()) = event.pool();
}

void Apply(State& state, const LicensesAssigned& event, Moment) {
  Keep(state, event.users(), event.pools());
}

void Apply(State& state, const LicensesUnassigned& event, Moment) {
  Keep(state, event.users(), event.pools());
}

void Apply(State& state, const LicensesSwapped& event, Moment) {
  Keep(state, event.users(), event.pools());
}

}  // namespace

void Evolve(State& state, const LicensingEvent& event, Moment at) {
  switch (event.event_case()) {
    case LicensingEvent::kLicensesBought:
      return Apply(state, event.licenses_bought(), at);
    case LicensingEvent::kLicensesCancelled:
      return Apply(state, event.licenses_cancelled(), at);
    case LicensingEvent::kLicensesAssigned:
      return Apply(state, event.licenses_assigned(), at);
    case LicensingEvent::kLicensesUnassigned:
      return Apply(state, event.licenses_unassigned(), at);
    case LicensingEvent::kLicensesSwapped:
      return Apply(state, event.licenses_swapped(), at);
    case LicensingEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::licensing
