#include "controlplane/server/wiring.h"

#include "controlplane/domain/billing/service.h"
#include "controlplane/domain/emergency/service.h"
#include "controlplane/domain/inventory/service.h"
#include "controlplane/domain/licensing/service.h"
#include "controlplane/domain/organizations/service.h"
#include "controlplane/domain/porting/service.h"
#include "controlplane/domain/routing/service.h"
#include "controlplane/domain/stock/service.h"
#include "controlplane/kernel/check.h"
#include "projections/billing/billing_projection.h"
#include "projections/billing/billing_queries.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/routing/routing_projection.h"
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
  made.push_back(std::make_unique<projections::RoutingProjection>());
  return made;
}

// Every slice's questions: they live as long as any service that asks them.
struct Questions {
  Questions(const Views& views, const projections::PageLimits& pages,
            const std::function<Timestamp()>& now)
      : organizations(views.Of("inventory"), pages),
        licensing(views.Of("inventory"), pages),
        inventory(views.Of("inventory"), pages),
        stock(views.Of("stock"), pages, now),
        porting(views.Of("inventory"), pages),
        emergency(views.Of("inventory"), pages),
        routing(views.Of("routing"), pages),
        billing(views.Of("billing"), pages) {}

  projections::OrganizationsQueries organizations;
  projections::LicensingQueries licensing;
  projections::InventoryQueries inventory;
  projections::StockQueries stock;
  projections::PortingQueries porting;
  projections::EmergencyQueries emergency;
  projections::RoutingQueries routing;
  projections::BillingQueries billing;
};

// `Api` is the generated class that knows the service's name.
template <class Api, class Service, class... Parts>
Served Serve(const std::shared_ptr<const Questions>& questions, edge::Door& door,
             Parts&&... parts) {
  return {Api::service_full_name(), questions,
          std::make_unique<Service>(door, std::forward<Parts>(parts)...)};
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

// A service is a line.
std::vector<Served> MakeServices(edge::Door& door, const Views& views, const policy::Policy& policy,
                                 const engine::Clock& clock, const vault::KeyVault& keys) {
  const projections::PageLimits pages{policy.paging().page_size_default(),
                                      policy.paging().page_size_max()};
  const auto now = [&clock] { return clock.Now(); };
  const auto hash = [&keys](std::string_view purpose, std::string_view text) {
    return keys.KeyedHash(purpose, text);
  };
  const auto ask = std::make_shared<const Questions>(views, pages, now);
  std::vector<Served> made;
  made.push_back(Serve<organizations::v1::OrganizationService, organizations::Service>(
      ask, door, ask->organizations));
  made.push_back(
      Serve<licensing::v1::LicensingService, licensing::Service>(ask, door, ask->licensing));
  made.push_back(Serve<inventory::v1::InventoryService, inventory::Service>(
      ask, door, ask->inventory, ask->stock, policy, now));
  made.push_back(
      Serve<inventory::v1::ProvisioningService, inventory::CarrierSide>(ask, door, ask->inventory));
  made.push_back(
      Serve<stock::v1::StockService, stock::Service>(ask, door, ask->stock, ask->inventory));
  made.push_back(Serve<porting::v1::PortingService, porting::Service>(ask, door, ask->porting,
                                                                      policy, hash, now));
  made.push_back(
      Serve<porting::v1::CarrierService, porting::CarrierSide>(ask, door, ask->porting, hash));
  made.push_back(Serve<emergency::v1::EmergencyService, emergency::Service>(
      ask, door, ask->emergency, policy, now));
  made.push_back(Serve<emergency::v1::AddressAuthorityService, emergency::AuthorityService>(
      ask, door, ask->emergency));
  made.push_back(Serve<routing::v1::RoutingService, routing::Service>(ask, door, ask->routing));
  made.push_back(Serve<billing::v1::BillingService, billing::Service>(ask, door, ask->billing));
  made.push_back(
      Serve<billing::v1::PaymentService, billing::ProviderService>(ask, door, ask->billing));
  return made;
}

}  // namespace dialtone::server
