// What may be asked about licences.
#pragma once

#include <tl/expected.hpp>

#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "projections/kernel/queries.h"

namespace dialtone::projections {

class LicensingQueries : public Queries {
 public:
  using Queries::Queries;

  tl::expected<void, FieldError> ListLicensePools(
      const Snapshot& snapshot, const licensing::v1::ListLicensePoolsRequest& request,
      licensing::v1::ListLicensePoolsResponse& reply) const;
  tl::expected<void, FieldError> ListUserLicenses(
      const Snapshot& snapshot, const licensing::v1::ListUserLicensesRequest& request,
      licensing::v1::ListUserLicensesResponse& reply) const;
  tl::expected<void, FieldError> ListAssignments(
      const Snapshot& snapshot, const licensing::v1::ListAssignmentsRequest& request,
      licensing::v1::ListAssignmentsResponse& reply) const;
};

}  // namespace dialtone::projections
