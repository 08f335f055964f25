#include "projections/routing/routing_queries.h"

#include <algorithm>
#include <string>
#include <utility>

#include "controlplane/kernel/e164.h"
#include "projections/kernel/organization_of.h"
#include "projections/routing/routing_rows.h"

namespace dialtone::projections {

namespace {

using routing::v1::Trunk;

bool ComesBefore(const Trunk& a, const Trunk& b) {
  if (a.priority() != b.priority()) return a.priority() < b.priority();
  return a.weight() > b.weight();
}

}  // namespace

tl::expected<void, QueryError> RoutingQueries::GetTrunk(const Snapshot& rows,
                                                        const routing::v1::GetTrunkRequest& request,
                                                        Trunk& trunk) const {
  const auto row = rows.Get(kTrunks, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  trunk = *row;
  return {};
}

tl::expected<void, FieldError> RoutingQueries::ListTrunks(
    const Snapshot& rows, const routing::v1::ListTrunksRequest& request,
    routing::v1::ListTrunksResponse& response) const {
  auto next = Page<Trunk>(rows, kTrunks, Key(request.parent()), request, pages(),
                          [&](const Trunk& trunk) { *response.add_trunks() = trunk; });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

tl::expected<void, QueryError> RoutingQueries::ResolveNumber(
    const Snapshot& rows, const routing::v1::ResolveNumberRequest& request,
    routing::v1::Route& route) const {
  auto number = FindHeld(rows, kRoutes, *E164::Parse(request.e164()));
  if (!number) return tl::unexpected(QueryError::NotFound(request.e164()));
  *route.mutable_number() = std::move(*number);
  rows.ForEach<Trunk>(kTrunks, {Key(OrganizationOf(route.number().name())), "", ""},
                      [&](std::string_view, const Trunk& trunk) {
                        if (!trunk.drained()) *route.add_trunks() = trunk;
                        return Walk::kOn;
                      });
  std::stable_sort(route.mutable_trunks()->begin(), route.mutable_trunks()->end(), ComesBefore);
  return {};
}

}  // namespace dialtone::projections
