#include "controlplane/domain/routing/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::routing {

namespace {

void Apply(State& state, const TrunkCreated& event, Moment) {
  state.trunks.Put(event.trunk().name()) = event.trunk();
}

void Apply(State& state, const TrunkUpdated& event, Moment) {
  state.trunks.Put(event.trunk().name()) = event.trunk();
}

void Apply(State& state, const TrunkDeleted& event, Moment) { state.trunks.Erase(event.trunk()); }

}  // namespace

void Evolve(State& state, const RoutingEvent& event, Moment at) {
  switch (event.event_case()) {
    case RoutingEvent::kTrunkCreated:
      return Apply(state, event.trunk_created(), at);
    case RoutingEvent::kTrunkUpdated:
      return Apply(state, event.trunk_updated(), at);
    case RoutingEvent::kTrunkDeleted:
      return Apply(state, event.trunk_deleted(), at);
    case RoutingEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::routing
