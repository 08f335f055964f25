#include "projections/inventory/emergency_rows.h"

namespace dialtone::projections {

namespace {

using namespace emergency::v1;

// `organizations/o/addresses/a` of one of its locations.
std::string AddressOf(const std::string& location) {
  return location.substr(0, location.rfind("/locations/"));
}

void Keep(const Address& address, const std::string& organization, RowWriter& rows) {
  rows.Put(kAddresses, Key(organization, address.name()), address);
  if (address.state() == Address::VALIDATING) {
    rows.Put(kValidations, Key(address.name()), address);
  } else {
    rows.Erase(kValidations, Key(address.name()));
  }
}

void Keep(const Location& location, RowWriter& rows) {
  rows.Put(kLocations, Key(AddressOf(location.name()), location.name()), location);
}

void Apply(const AddressCreated& event, const std::string& organization, RowWriter& rows) {
  Keep(event.address(), organization, rows);
  Keep(event.default_location(), rows);
}

void Apply(const AddressDeleted& event, const std::string& organization, RowWriter& rows) {
  rows.Erase(kAddresses, Key(organization, event.address()));
  rows.Erase(kValidations, Key(event.address()));
  for (const std::string& location : event.locations())
    rows.Erase(kLocations, Key(event.address(), location));
}

}  // namespace

void Project(const EmergencyEvent& event, const std::string& aggregate, Moment, RowWriter& rows) {
  switch (event.event_case()) {
    case EmergencyEvent::kAddressCreated:
      return Apply(event.address_created(), aggregate, rows);
    case EmergencyEvent::kValidationRequested:
      return Keep(event.validation_requested().address(), aggregate, rows);
    case EmergencyEvent::kValidationCompleted:
      return Keep(event.validation_completed().address(), aggregate, rows);
    case EmergencyEvent::kCorrectionAccepted:
      return Keep(event.correction_accepted().address(), aggregate, rows);
    case EmergencyEvent::kAddressDeleted:
      return Apply(event.address_deleted(), aggregate, rows);
    case EmergencyEvent::kLocationCreated:
      return Keep(event.location_created().location(), rows);
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
