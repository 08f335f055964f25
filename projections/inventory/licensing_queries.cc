#include "projections/inventory/licensing_queries.h"

#include <string>

#include "projections/inventory/licensing_rows.h"

namespace dialtone::projections {

using namespace licensing::v1;

tl::expected<void, FieldError> LicensingQueries::ListLicensePools(
    const Snapshot& snapshot, const ListLicensePoolsRequest& request,
    ListLicensePoolsResponse& reply) const {
  const auto add = [&](const LicensePool& row) { *reply.add_license_pools() = row; };
  auto next =
      Page<LicensePool>(snapshot, kLicensePools, Key(request.parent()), request, pages(), add);
  if (!next) return tl::unexpected(next.error());
  reply.set_next_page_token(*next);
  return {};
}

// A user that is named stands under the parent's key too, so that another organization's is none.
tl::expected<void, FieldError> LicensingQueries::ListUserLicenses(
    const Snapshot& snapshot, const ListUserLicensesRequest& request,
    ListUserLicensesResponse& reply) const {
  const std::string prefix =
      request.user().empty() ? Key(request.parent()) : Key(request.parent(), request.user());
  const auto add = [&](const UserLicenses& row) { *reply.add_user_licenses() = row; };
  auto next = Page<UserLicenses>(snapshot, kUserLicenses, prefix, request, pages(), add);
  if (!next) return tl::unexpected(next.error());
  reply.set_next_page_token(*next);
  return {};
}

tl::expected<void, FieldError> LicensingQueries::ListAssignments(
    const Snapshot& snapshot, const ListAssignmentsRequest& request,
    ListAssignmentsResponse& reply) const {
  const std::string prefix =
      request.sku().empty() ? Key(request.parent()) : Key(request.parent(), request.sku());
  const auto add = [&](const LicenseAssignment& row) { *reply.add_assignments() = row; };
  auto next = Page<LicenseAssignment>(snapshot, kLicenseAssignments, prefix, request, pages(), add);
  if (!next) return tl::unexpected(next.error());
  reply.set_next_page_token(*next);
  return {};
}

}  // namespace dialtone::projections
