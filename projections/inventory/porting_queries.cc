#include "projections/inventory/porting_queries.h"

#include <utility>

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

std::vector<PortOrder> OrdersOf(const Snapshot& rows, const PortProject& project) {
  std::vector<PortOrder> orders;
  for (const std::string& name : project.port_orders())
    orders.push_back(rows.Get(kPortOrders, Key(OrganizationOf(name), name))->port_order());
  return orders;
}

bool IsOf(const PortOrder& order, const std::string& project) {
  return project.empty() || order.project() == project;
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
    return IsOf(row.port_order(), request.project()) &&
           (request.state() == PortOrder::STATE_UNSPECIFIED ||
            row.port_order().state() == request.state());
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
      [wanted = request.handling(), project = request.project()](const PortOrder& order) {
        return IsOf(order, project) &&
               (wanted == PORT_HANDLING_UNSPECIFIED || order.handling() == wanted);
      },
      [show](const PortOrder& order, WatchOrdersResponse& item) {
        *item.mutable_port_order() = show(order);
      });
}

PortingQueries::Found PortingQueries::GetPortProject(const Snapshot& rows,
                                                     const GetPortProjectRequest& request,
                                                     ShowProject show, PortProject& project) const {
  const auto row = rows.Get(kPortProjects, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  project = show(*row, OrdersOf(rows, *row));
  return {};
}

PortingQueries::Listed PortingQueries::ListPortProjects(const Snapshot& rows,
                                                        const ListPortProjectsRequest& request,
                                                        ShowProject show,
                                                        ListPortProjectsResponse& response) const {
  auto next = Page<PortProject>(rows, kPortProjects, Key(request.parent()), request, pages(),
                                [&](const PortProject& row) {
                                  *response.add_port_projects() = show(row, OrdersOf(rows, row));
                                });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

PortingQueries::Found PortingQueries::GetPortOutRequest(const Snapshot& rows,
                                                        const GetPortOutRequestRequest& request,
                                                        PortOutRequest& port_out) const {
  auto row = rows.Get(kPortOuts, Key(OrganizationOf(request.name()), request.name()));
  if (!row) return tl::unexpected(QueryError::NotFound(request.name()));
  port_out = std::move(*row);
  return {};
}

PortingQueries::Listed PortingQueries::ListPortOutRequests(
    const Snapshot& rows, const ListPortOutRequestsRequest& request,
    ListPortOutRequestsResponse& response) const {
  const auto wanted = [&](const PortOutRequest& row) {
    return request.state() == PortOutRequest::STATE_UNSPECIFIED || row.state() == request.state();
  };
  auto next = Page<PortOutRequest>(
      rows, kPortOuts, Key(request.parent()), request, pages(), wanted,
      [&](const PortOutRequest& row) { *response.add_port_out_requests() = row; });
  if (!next) return tl::unexpected(next.error());
  response.set_next_page_token(*next);
  return {};
}

tl::expected<PortingQueries::PortOutWatch, QueryError> PortingQueries::WatchPortOuts(
    const WatchPortOutsRequest& request, ShowPortOut show) const {
  return PortOutWatch::Of(
      request, kCarrierPortOuts, [this] { return NewestComplete(); },
      [](const PortOutRequest&) { return true; },
      [show](const PortOutRequest& port_out, WatchPortOutsResponse& item) {
        *item.mutable_port_out() = show(port_out);
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
