#include "controlplane/domain/emergency/evolve.h"

#include "controlplane/kernel/unknown_event.h"

namespace dialtone::emergency {

namespace {

void Keep(State& state, const Address& address) { state.addresses.Put(address.name()) = address; }

void Apply(State& state, const AddressCreated& event, Moment) {
  Keep(state, event.address());
  state.locations.Put(event.default_location().name()) = event.default_location();
}

void Apply(State& state, const ValidationRequested& event, Moment) { Keep(state, event.address()); }

void Apply(State& state, const ValidationCompleted& event, Moment) { Keep(state, event.address()); }

void Apply(State& state, const CorrectionAccepted& event, Moment) { Keep(state, event.address()); }

void Apply(State& state, const AddressDeleted& event, Moment) {
  state.addresses.Erase(event.address());
  for (const std::string& location : event.locations()) state.locations.Erase(location);
}

void Apply(State& state, const LocationCreated& event, Moment) {
  state.locations.Put(event.location().name()) = event.location();
}

void Apply(State& state, const LocationDeleted& event, Moment) {
  state.locations.Erase(event.location());
}

void Apply(State& state, const DisclaimerAccepted& event, Moment) {
  state.disclaimers.Put(event.disclaimer().country()) = event.disclaimer();
}

}  // namespace

void Evolve(State& state, const EmergencyEvent& event, Moment at) {
  switch (event.event_case()) {
    case EmergencyEvent::kAddressCreated:
      return Apply(state, event.address_created(), at);
    case EmergencyEvent::kValidationRequested:
      return Apply(state, event.validation_requested(), at);
    case EmergencyEvent::kValidationCompleted:
      return Apply(state, event.validation_completed(), at);
    case EmergencyEvent::kCorrectionAccepted:
      return Apply(state, event.correction_accepted(), at);
    case EmergencyEvent::kAddressDeleted:
      return Apply(state, event.address_deleted(), at);
    case EmergencyEvent::kLocationCreated:
      return Apply(state, event.location_created(), at);
    case EmergencyEvent::kLocationDeleted:
      return Apply(state, event.location_deleted(), at);
    case EmergencyEvent::kDisclaimerAccepted:
      return Apply(state, event.disclaimer_accepted(), at);
    case EmergencyEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::emergency
