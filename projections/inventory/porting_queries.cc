#include "projections/inventory/porting_queries.h"

#include "controlplane/kernel/e164.h"
#include "projections/inventory/inventory_rows.h"
#include "projections/inventory/porting_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

namespace {

using namespace porting::v1;

}  // namespace

PortingQueries::Found PortingQueries::GetPortOrder(const Snapshot& rows,
                                                   const GetPortOrderRequest& request,
                                                   PortOrder& order) const {
  const auto row = rows.Get(kPortOrders, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  order = row->port_order();
  return {};
}

PortingQueries::Listed PortingQueries::ListPortOrders(const Snapshot& rows,
                                                      const ListPortOrdersRequest& request,
                                                      ListPortOrdersResponse& response) const {
  const auto wanted = [&](const PortOrderRow& row) {
    return request.state() == PortOrder::STATE_UNSPECIFIED ||
           row.port_order().state() == request.state();
  };
  auto next = Page<PortOrderRow>(
      rows, kPortOrders, Key(request.parent()), request, pages(), wanted,
      [&](const PortOrderRow& row) { *response.add_port_orders() = row.port_order(); });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

PortingQueries::Listed PortingQueries::ListPortTransitions(
    const Snapshot& rows, const ListPortTransitionsRequest& request,
    ListPortTransitionsResponse& response) const {
  auto next = Page<PortTransition>(
      rows, kPortTransitions, Key(OrganizationOf(request.name()), request.name()), request, pages(),
      [&](const PortTransition& transition) { *response.add_transitions() = transition; });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

std::set<std::string> PortingQueries::Taken(const Snapshot& rows,
                                            const CheckPortabilityRequest& request) const {
  std::set<std::string> taken;
  for (const std::string& number : request.numbers()) {
    const std::string key = Key(request.parent(), E164::Parse(number)->digits());
    if (rows.Get(kNumbers, key) || rows.Get(kPortingNumbers, key)) taken.insert(number);
  }
  return taken;
}

tl::expected<PortingQueries::OrderWatch, QueryError> PortingQueries::WatchOrders(
    const WatchOrdersRequest& request, ShowOrder show) const {
  return OrderWatch::Of(
      request, kCarrierOrders, [this] { return NewestComplete(); },
      [](const PortOrder&) { return true; },
      [show](const PortOrder& order, WatchOrdersResponse& item) {
        *item.mutable_port_order() = show(order);
      });
}

std::map<PortOrder::State, std::uint64_t> PortOrdersByState(const Snapshot& rows) {
  std::map<PortOrder::State, std::uint64_t> by_state;
  rows.ForEach<PortOrderCount>(kPortOrderCounts, {},
                               [&](std::string_view, const PortOrderCount& count) {
                                 by_state[count.state()] += count.orders();
                                 return Walk::kOn;
                               });
  return by_state;
}

}  // namespace dialtone::projections
