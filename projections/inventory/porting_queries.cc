#include "projections/inventory/porting_queries.h"

#include "controlplane/kernel/e164.h"
#include "projections/inventory/inventory_rows.h"
#include "projections/inventory/porting_rows.h"

namespace dialtone::projections {

namespace {

using namespace porting::v1;

std::string OrganizationOf(const std::string& name) {
  return name.substr(0, name.find('/', name.find('/') + 1));
}

std::string Version(const PortOrder& order) {
  return order.name() + " " + PortOrder::State_Name(order.state()) + " " + order.etag();
}

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

tl::expected<bool, QueryError> PortingQueries::Orders::Next(WatchOrdersResponse& item) {
  const Snapshot newest = queries_->Newest();
  if (newest.positions() == seen_) return false;
  bool found = false;
  newest.ForEach<PortOrder>(kCarrierOrders, {}, [&](std::string_view, const PortOrder& order) {
    found = told_.insert(Version(order)).second;
    if (found) *item.mutable_port_order() = order;
    return found ? Walk::kStop : Walk::kOn;
  });
  if (!found) seen_ = newest.positions();
  return found;
}

}  // namespace dialtone::projections
