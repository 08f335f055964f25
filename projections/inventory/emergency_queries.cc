#include "projections/inventory/emergency_queries.h"

#include "projections/inventory/emergency_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

namespace {

using namespace emergency::v1;

}  // namespace

EmergencyQueries::Found EmergencyQueries::GetAddress(const Snapshot& rows,
                                                     const GetAddressRequest& request,
                                                     Address& address) const {
  const auto row = rows.Get(kAddresses, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  address = *row;
  return {};
}

tl::expected<void, FieldError> EmergencyQueries::ListAddresses(
    const Snapshot& rows, const ListAddressesRequest& request,
    ListAddressesResponse& response) const {
  const auto wanted = [&](const Address& address) {
    return request.state() == Address::STATE_UNSPECIFIED || address.state() == request.state();
  };
  auto next = Page<Address>(rows, kAddresses, Key(request.parent()), request, pages(), wanted,
                            [&](const Address& address) { *response.add_addresses() = address; });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

tl::expected<void, FieldError> EmergencyQueries::ListLocations(
    const Snapshot& rows, const ListLocationsRequest& request,
    ListLocationsResponse& response) const {
  auto next =
      Page<Location>(rows, kLocations, Key(request.parent()), request, pages(),
                     [&](const Location& location) { *response.add_locations() = location; });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

EmergencyQueries::Found EmergencyQueries::LocateCaller(const Snapshot& rows,
                                                       const LocateCallerRequest& request,
                                                       LocateCallerResponse& response) const {
  const auto number = FindHeld(rows, kCallers, *E164::Parse(request.e164()));
  if (!number) return {};
  *response.mutable_number() = *number;
  if (number->location().empty()) return {};
  const std::string address = number->location().substr(0, number->location().rfind("/locations/"));
  if (const auto row = rows.Get(kLocations, Key(address, number->location())))
    *response.mutable_location() = *row;
  if (const auto row = rows.Get(kAddresses, Key(OrganizationOf(address), address)))
    *response.mutable_address() = *row;
  return {};
}

tl::expected<EmergencyQueries::ValidationWatch, QueryError> EmergencyQueries::WatchValidations(
    const WatchValidationsRequest& request) const {
  return ValidationWatch::Of(
      request, kValidations, [this] { return NewestComplete(); },
      [](const Address&) { return true; },
      [](const Address& address, WatchValidationsResponse& item) {
        *item.mutable_address() = address;
      });
}

}  // namespace dialtone::projections
