// What may be asked about organizations and their users.
#pragma once

#include <tl/expected.hpp>

#include "controlplane/kernel/query_error.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "projections/kernel/queries.h"

namespace dialtone::projections {

class OrganizationsQueries : public Queries {
 public:
  using Queries::Queries;

  // A deleted one is shown, as such.
  tl::expected<void, QueryError> GetOrganization(
      const Snapshot& snapshot, const organizations::v1::GetOrganizationRequest& request,
      organizations::v1::Organization& reply) const;
  tl::expected<void, FieldError> ListOrganizations(
      const Snapshot& snapshot, const organizations::v1::ListOrganizationsRequest& request,
      organizations::v1::ListOrganizationsResponse& reply) const;

  tl::expected<void, QueryError> GetUser(const Snapshot& snapshot,
                                         const organizations::v1::GetUserRequest& request,
                                         organizations::v1::User& reply) const;
  tl::expected<void, FieldError> ListUsers(const Snapshot& snapshot,
                                           const organizations::v1::ListUsersRequest& request,
                                           organizations::v1::ListUsersResponse& reply) const;
};

}  // namespace dialtone::projections
