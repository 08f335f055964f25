#include "controlplane/server/wiring.h"

#include "controlplane/kernel/check.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/stock/stock_projection.h"

namespace dialtone::server {

namespace {

using projections::Projection;

// A read model is a line.
std::vector<std::unique_ptr<const Projection>> MakeProjections() {
  std::vector<std::unique_ptr<const Projection>> made;
  made.push_back(std::make_unique<projections::StockProjection>());
  made.push_back(std::make_unique<projections::InventoryProjection>());
  return made;
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
std::vector<Served> MakeServices(edge::Door& door, const Views& views,
                                 const policy::Policy& policy) {
  return {};
}

}  // namespace dialtone::server
