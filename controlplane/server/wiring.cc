#include "controlplane/server/wiring.h"

#include "controlplane/domain/billing/service.h"
#include "controlplane/domain/inventory/service.h"
#include "controlplane/domain/stock/service.h"
#include "controlplane/kernel/check.h"
#include "projections/billing/billing_projection.h"
#include "projections/billing/billing_queries.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/stock/stock_projection.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::server {

namespace {

using projections::Projection;

// A read model is a line.
std::vector<std::unique_ptr<const Projection>> MakeProjections() {
  std::vector<std::unique_ptr<const Projection>> made;
  made.push_back(std::make_unique<projections::StockProjection>());
  made.push_back(std::make_unique<projections::InventoryProjection>());
  made.push_back(std::make_unique<projections::BillingProjection>());
  return made;
}

projections::PageLimits PageLimitsOf(const policy::Policy& policy) {
  return {policy.paging().page_size_default(), policy.paging().page_size_max()};
}

// What the services of numbers read, of both views.
struct NumberQueries {
  projections::InventoryQueries inventory;
  projections::StockQueries stock;
};

void AddNumbers(edge::Door& door, const Views& views, const policy::Policy& policy,
                const engine::Clock& clock, std::vector<Served>& services) {
  const auto now = [&clock] { return clock.Now(); };
  const projections::PageLimits pages = PageLimitsOf(policy);
  const auto queries = std::make_shared<NumberQueries>(
      NumberQueries{projections::InventoryQueries(views.Of("inventory"), pages),
                    projections::StockQueries(views.Of("stock"), pages, now)});
  services.push_back(
      {inventory::v1::InventoryService::service_full_name(), queries,
       std::make_unique<inventory::Service>(door, queries->inventory, queries->stock, policy)});
  services.push_back({stock::v1::StockService::service_full_name(), queries,
                      std::make_unique<stock::Service>(door, queries->stock, queries->inventory)});
}

void AddBilling(edge::Door& door, const Views& views, const policy::Policy& policy,
                std::vector<Served>& services) {
  const auto queries =
      std::make_shared<projections::BillingQueries>(*views.Of("billing"), PageLimitsOf(policy));
  services.push_back({billing::v1::BillingService::service_full_name(), queries,
                      std::make_unique<billing::Service>(door, *queries)});
  services.push_back({billing::v1::PaymentService::service_full_name(), queries,
                      std::make_unique<billing::ProviderService>(door, *queries)});
}

}  // namespace

tl::expected<Views, std::string> Views::Open(const std::filesystem::path& folder,
                                             const projections::ViewSource& source) {
  Views views;
  for (auto& projection : MakeProjections()) {
    auto view = projections::View::Open(folder, std::move(projection), source);
    if (!view) return tl::unexpected(view.error());
    views.views_.push_back(std::move(*view));
  }
  return views;
}

projections::View* Views::Find(std::string_view name) const {
  for (const auto& view : views_) {
    if (view->name() == name) return view.get();
  }
  return nullptr;
}

projections::View* Views::Of(std::string_view name) const {
  projections::View* const view = Find(name);
  DIALTONE_CHECK(view != nullptr, "no view " + std::string(name));
  return view;
}

// A slice is a few lines: its questions, its service.
std::vector<Served> MakeServices(edge::Door& door, const Views& views, const policy::Policy& policy,
                                 const engine::Clock& clock) {
  std::vector<Served> services;
  AddNumbers(door, views, policy, clock, services);
  AddBilling(door, views, policy, services);
  return services;
}

}  // namespace dialtone::server
