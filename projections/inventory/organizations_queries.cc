#include "projections/inventory/organizations_queries.h"

#include <string>

#include "projections/inventory/organizations_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

using namespace organizations::v1;

namespace {

// `organizations/contoso` of `organizations/contoso/users/ann`.
}  // namespace

tl::expected<void, QueryError> OrganizationsQueries::GetOrganization(
    const Snapshot& snapshot, const GetOrganizationRequest& request,
    organizations::v1::Organization& reply) const {
  auto row = snapshot.Get(kOrganizations, Key(request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  reply = std::move(*row);
  return {};
}

tl::expected<void, FieldError> OrganizationsQueries::ListOrganizations(
    const Snapshot& snapshot, const ListOrganizationsRequest& request,
    ListOrganizationsResponse& reply) const {
  using Row = organizations::v1::Organization;
  const auto filter = [](const Row& row) { return row.state() != Row::DELETED; };
  const auto add = [&](const Row& row) { *reply.add_organizations() = row; };
  auto next = Page<Row>(snapshot, kOrganizations, Key(), request, pages(), filter, add);
  if (!next) return tl::unexpected(next.error());
  reply.set_next_page_token(*next);
  return {};
}

tl::expected<void, QueryError> OrganizationsQueries::GetUser(const Snapshot& snapshot,
                                                             const GetUserRequest& request,
                                                             User& reply) const {
  auto row = snapshot.Get(kUsers, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  reply = std::move(*row);
  return {};
}

tl::expected<void, FieldError> OrganizationsQueries::ListUsers(const Snapshot& snapshot,
                                                               const ListUsersRequest& request,
                                                               ListUsersResponse& reply) const {
  const std::string& location = request.usage_location();
  const auto filter = [&](const User& row) {
    return location.empty() || row.usage_location() == location;
  };
  const auto add = [&](const User& row) { *reply.add_users() = row; };
  auto next = Page<User>(snapshot, kUsers, Key(request.parent()), request, pages(), filter, add);
  if (!next) return tl::unexpected(next.error());
  reply.set_next_page_token(*next);
  return {};
}

}  // namespace dialtone::projections
