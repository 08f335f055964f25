#include "controlplane/domain/licensing/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::licensing {

namespace {

void Apply(State& state, const LicensesBought& event, Moment) {
  state.pools.Put(event.pool().sku()) = event.pool();
}

}  // namespace

void Evolve(State& state, const LicensingEvent& event, Moment at) {
  switch (event.event_case()) {
    case LicensingEvent::kLicensesBought:
      return Apply(state, event.licenses_bought(), at);
    case LicensingEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::licensing
