#include "controlplane/domain/licensing/rules.h"

#include <algorithm>
#include <string>

namespace dialtone::licensing {

namespace {

using policy::v1::SkuKind;

std::uint64_t Counted(const LicensePool& pool, const policy::Policy& policy) {
  return policy.number_quota().basis() == policy::v1::LICENSE_BASIS_BOUGHT ? pool.bought()
                                                                           : pool.assigned();
}

// The sum of `count(pool)` over the products that are, or include, that kind.
template <class CountFn>
std::uint64_t Sum(const State& state, SkuKind kind, const policy::Policy& policy, CountFn count) {
  std::uint64_t sum = 0;
  for (const auto& [sku, pool] : state.pools) {
    if (policy.Provides(sku, kind)) sum += count(pool);
  }
  return sum;
}

}  // namespace

std::uint64_t UserNumberQuota(const State& state, const policy::Policy& policy) {
  const auto counted = [&](const LicensePool& pool) { return Counted(pool, policy); };
  return policy.UserNumberQuota(Sum(state, policy::v1::SKU_KIND_CALLING_PLAN, policy, counted),
                                Sum(state, policy::v1::SKU_KIND_PAY_AS_YOU_GO, policy, counted));
}

std::uint64_t ServiceNumberQuota(const State& state, const policy::Policy& policy) {
  std::uint64_t licences = 0;
  for (const auto& [sku, pool] : state.pools) {
    const policy::v1::Sku* const product = policy.Sku(sku);
    if (product != nullptr) licences += Counted(pool, policy) * product->service_number_licenses();
  }
  return policy.ServiceNumberTier(licences);
}

const UserLicenses* LicensesOf(const State& state, std::string_view user) {
  return state.users.Find(std::string(user));
}

bool Has(const State& state, std::string_view user, SkuKind kind, const policy::Policy& policy) {
  const UserLicenses* const licenses = LicensesOf(state, user);
  return licenses != nullptr &&
         std::any_of(licenses->skus().begin(), licenses->skus().end(),
                     [&](const std::string& sku) { return policy.Provides(sku, kind); });
}

std::uint64_t Bought(const State& state, SkuKind kind, const policy::Policy& policy) {
  return Sum(state, kind, policy, [](const LicensePool& pool) { return pool.bought(); });
}

std::uint64_t Assigned(const State& state, SkuKind kind, const policy::Policy& policy) {
  return Sum(state, kind, policy, [](const LicensePool& pool) { return pool.assigned(); });
}

std::uint64_t Assigned(const State& state, std::string_view sku) {
  const LicensePool* const pool = state.pools.Find(std::string(sku));
  return pool == nullptr ? 0 : pool->assigned();
}

bool HasPlan(const State& state, std::string_view user, const policy::Policy& policy) {
  return Has(state, user, policy::v1::SKU_KIND_CALLING_PLAN, policy) ||
         Has(state, user, policy::v1::SKU_KIND_PAY_AS_YOU_GO, policy);
}

bool CanConsumeCredits(const State& state, std::string_view user, const policy::Policy& policy) {
  return Has(state, user, policy::v1::SKU_KIND_COMMUNICATIONS_CREDITS, policy) &&
         (HasPlan(state, user, policy) ||
          Has(state, user, policy::v1::SKU_KIND_AUDIO_CONFERENCING, policy));
}

}  // namespace dialtone::licensing
