// Questions about emergency addresses, and the address authority's list of what it is to answer.
#pragma once

#include <string>
#include <tl/expected.hpp>

#include "controlplane/kernel/query_error.h"
#include "dialtone/emergency/v1/address_authority_service.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"
#include "projections/kernel/queries.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

class EmergencyQueries : public Queries {
 public:
  using Queries::Queries;
  using Found = tl::expected<void, QueryError>;

  Found GetAddress(const Snapshot& rows, const emergency::v1::GetAddressRequest& request,
                   emergency::v1::Address& address) const;
  tl::expected<void, FieldError> ListAddresses(
      const Snapshot& rows, const emergency::v1::ListAddressesRequest& request,
      emergency::v1::ListAddressesResponse& response) const;
  tl::expected<void, FieldError> ListLocations(
      const Snapshot& rows, const emergency::v1::ListLocationsRequest& request,
      emergency::v1::ListLocationsResponse& response) const;

  // Answered with what is known, were it nothing: a caller in need is never refused.
  Found LocateCaller(const Snapshot& rows, const emergency::v1::LocateCallerRequest& request,
                     emergency::v1::LocateCallerResponse& response) const;

  // Each validation that waits, and again when it is asked for again.
  using ValidationWatch =
      WaitingWatch<emergency::v1::Address, emergency::v1::WatchValidationsResponse>;
  tl::expected<ValidationWatch, QueryError> WatchValidations(
      const emergency::v1::WatchValidationsRequest& request) const;
};

}  // namespace dialtone::projections
