#include "controlplane/domain/licensing/license_set.h"

#include <absl/strings/str_join.h>

#include <algorithm>

namespace dialtone::licensing {

namespace {

using policy::v1::AnyOf;
using policy::v1::Sku;

// Another licence of the set is `wanted`, or includes it.
bool Gives(const Skus& skus, std::string_view sku, std::string_view wanted,
           const policy::Policy& policy) {
  return std::any_of(skus.begin(), skus.end(), [&](const std::string& other) {
    return other != sku && policy.Provides(other, wanted);
  });
}

bool IsVoice(const Sku& sku) {
  return sku.kind() == policy::v1::SKU_KIND_PHONE_SYSTEM ||
         sku.kind() == policy::v1::SKU_KIND_CALLING_PLAN ||
         sku.kind() == policy::v1::SKU_KIND_PAY_AS_YOU_GO;
}

// `forbids(one, other)` for each ordered pair of which one is of `added`.
template <class ForbidsFn>
Conflict FirstPair(const Skus& skus, const Skus& added, const policy::Policy& policy,
                   ForbidsFn forbids) {
  for (const std::string& one : skus) {
    const Sku* const product = policy.Sku(one);
    if (product == nullptr) continue;
    for (const std::string& other : skus) {
      const bool is_new = added.contains(one) || added.contains(other);
      if (one != other && is_new && forbids(*product, other)) return {one, other};
    }
  }
  return {};
}

}  // namespace

std::string Lacks(const Skus& skus, std::string_view sku, const policy::Policy& policy) {
  const Sku* const product = policy.Sku(sku);
  if (product == nullptr) return "";
  for (const AnyOf& group : product->prerequisites()) {
    const bool met = std::any_of(group.skus().begin(), group.skus().end(),
                                 [&](const auto& one) { return Gives(skus, sku, one, policy); });
    if (!met) return absl::StrJoin(group.skus(), " or ");
  }
  return "";
}

Conflict FirstUnmet(const Skus& skus, const Skus& added, const policy::Policy& policy) {
  for (const std::string& sku : added) {
    if (const std::string lacks = Lacks(skus, sku, policy); !lacks.empty()) return {sku, lacks};
  }
  return {};
}

Conflict FirstExcluded(const Skus& skus, const Skus& added, const policy::Policy& policy) {
  return FirstPair(skus, added, policy, [&](const Sku& one, const std::string& other) {
    return std::any_of(one.excludes().begin(), one.excludes().end(),
                       [&](const auto& excluded) { return policy.Provides(other, excluded); });
  });
}

Conflict FirstWithoutVoice(const Skus& skus, const Skus& added, const policy::Policy& policy) {
  return FirstPair(skus, added, policy, [&](const Sku& one, const std::string& other) {
    const Sku* const base = policy.Sku(other);
    return IsVoice(one) && base != nullptr && base->no_cloud_voice();
  });
}

Skus Falling(Skus skus, const Skus& kept, const policy::Policy& policy) {
  Skus fallen;
  for (bool falls = true; falls;) {
    falls = false;
    for (const std::string& sku : kept) {
      if (!skus.contains(sku) || Lacks(skus, sku, policy).empty()) continue;
      skus.erase(sku);
      fallen.insert(sku);
      falls = true;
    }
  }
  return fallen;
}

bool GivesPlan(const Skus& skus, const policy::Policy& policy) {
  return std::any_of(skus.begin(), skus.end(), [&](const std::string& sku) {
    return policy.Provides(sku, policy::v1::SKU_KIND_CALLING_PLAN) ||
           policy.Provides(sku, policy::v1::SKU_KIND_PAY_AS_YOU_GO);
  });
}

}  // namespace dialtone::licensing
