#include "projections/inventory/emergency_rows.h"

namespace dialtone::projections {

namespace {

using namespace emergency::v1;

// `organizations/o/addresses/a` of one of its locations.
std::string AddressOf(const std::string& location) {
  return location.substr(0, location.rfind("/locations/"));
}

// Where an event's rows belong.
struct Place {
  const std::string& organization;
  Moment at;
  RowWriter& rows;
};

void Keep(const Place& place, const Address& address) {
  place.rows.Put(kAddresses, Key(place.organization, address.name()), address);
  if (address.state() == Address::VALIDATING) {
    PutWaiting(place.rows, kValidations, place.at.position, address);
  } else {
    EndWaiting(place.rows, kValidations, address.name());
  }
}

void Keep(const Place& place, const Location& location) {
  place.rows.Put(kLocations, Key(AddressOf(location.name()), location.name()), location);
}

void Apply(const Place& place, const AddressCreated& event) {
  Keep(place, event.address());
  Keep(place, event.default_location());
}

void Apply(const Place& place, const AddressDeleted& event) {
  place.rows.Erase(kAddresses, Key(place.organization, event.address()));
  EndWaiting(place.rows, kValidations, event.address());
  for (const std::string& location : event.locations())
    place.rows.Erase(kLocations, Key(event.address(), location));
}

}  // namespace

void Project(const EmergencyEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows) {
  const Place place{aggregate, at, rows};
  switch (event.event_case()) {
    case EmergencyEvent::kAddressCreated:
      return Apply(place, event.address_created());
    case EmergencyEvent::kValidationRequested:
      return Keep(place, event.validation_requested().address());
    case EmergencyEvent::kValidationCompleted:
      return Keep(place, event.validation_completed().address());
    case EmergencyEvent::kCorrectionAccepted:
      return Keep(place, event.correction_accepted().address());
    case EmergencyEvent::kAddressDeleted:
      return Apply(place, event.address_deleted());
    case EmergencyEvent::kLocationCreated:
      return Keep(place, event.location_created().location());
    case EmergencyEvent::kLocationDeleted:
      return rows.Erase(kLocations, Key(AddressOf(event.location_deleted().location()),
                                        event.location_deleted().location()));
    case EmergencyEvent::kDisclaimerAccepted:
      return;  // asked for by decisions only
    case EmergencyEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
