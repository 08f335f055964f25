// The only place that knows every slice and every read model: which views there are, and which
// services answer. A slice is a line or two in wiring.cc.
#pragma once

#include <grpcpp/impl/service_type.h>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/edge/rpc/door.h"
#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/engine/runtime/clock.h"
#include "controlplane/policy/policy.h"
#include "projections/kernel/paging.h"
#include "projections/kernel/view.h"

namespace dialtone::server {

class Views {
 public:
  // Opens every view. The error says what stands in the way.
  static tl::expected<Views, std::string> Open(const std::filesystem::path& folder,
                                               const projections::ViewSource& source);

  // REQUIRES: the projection is one of them.
  projections::View* Of(std::string_view name) const;
  // Null: there is none.
  projections::View* Find(std::string_view name) const;
  const std::vector<std::unique_ptr<projections::View>>& all() const { return views_; }

 private:
  std::vector<std::unique_ptr<projections::View>> views_;
};

// A service with what it reads from.
struct Served {
  std::string name;  // as health knows it
  std::shared_ptr<const void> queries;
  std::unique_ptr<grpc::Service> service;
};

// The slices' services. All that is given outlives them.
std::vector<Served> MakeServices(edge::Door& door, const Views& views, const policy::Policy& policy,
                                 const engine::Clock& clock, const vault::KeyVault& keys);

}  // namespace dialtone::server
