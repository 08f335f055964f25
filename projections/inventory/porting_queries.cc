#include "projections/inventory/porting_queries.h"

#include "controlplane/kernel/e164.h"
#include "projections/inventory/inventory_rows.h"
#include "projections/inventory/porting_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

namespace {

using namespace porting::v1;

// How many stand ahead of a queued order, and which one just ahead.
void ShowPlace(const Snapshot& rows, PortOrder& order) {
  if (order.state() != PortOrder::QUEUED) return;
  const std::string line =
      Key(OrganizationOf(order.name()), order.losing_account().facts().account_key());
  rows.ForEach<PortLineRow>(kPortLines, {line, "", ""},
                            [&](std::string_view, const PortLineRow& row) {
                              if (row.port_order() == order.name()) return Walk::kStop;
                              order.set_queue_position(order.queue_position() + 1);
                              order.set_order_ahead(row.port_order());
                              return Walk::kOn;
                            });
}

}  // namespace

PortingQueries::Found PortingQueries::GetPortOrder(const Snapshot& rows,
                                                   const GetPortOrderRequest& request,
                                                   PortOrder& order) const {
  const auto row = rows.Get(kPortOrders, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  order = row->port_order();
  ShowPlace(rows, order);
  return {};
}

PortingQueries::Listed PortingQueries::ListPortOrders(const Snapshot& rows,
                                                      const ListPortOrdersRequest& request,
                                                      ListPortOrdersResponse& response) const {
  const auto wanted = [&](const PortOrderRow& row) {
    return request.state() == PortOrder::STATE_UNSPECIFIED ||
           row.port_order().state() == request.state();
  };
  auto next = Page<PortOrderRow>(rows, kPortOrders, Key(request.parent()), request, pages(), wanted,
                                 [&](const PortOrderRow& row) {
                                   PortOrder& order = *response.add_port_orders();
                                   order = row.port_order();
                                   ShowPlace(rows, order);
                                 });
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
      [wanted = request.handling()](const PortOrder& order) {
        return wanted == PORT_HANDLING_UNSPECIFIED || order.handling() == wanted;
      },
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
