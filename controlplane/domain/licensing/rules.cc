#include "controlplane/domain/licensing/rules.h"

namespace dialtone::licensing {

namespace {

std::uint64_t Counted(const LicensePool& pool, const policy::Policy& policy) {
  return policy.number_quota().basis() == policy::v1::LICENSE_BASIS_BOUGHT ? pool.bought()
                                                                           : pool.assigned();
}

}  // namespace

std::uint64_t UserNumberQuota(const State& state, const policy::Policy& policy) {
  std::uint64_t plans = 0;
  std::uint64_t pay_as_you_go = 0;
  for (const auto& [sku, pool] : state.pools) {
    const policy::v1::SkuKind kind = policy.Sku(sku)->kind();
    if (kind == policy::v1::SKU_KIND_CALLING_PLAN) plans += Counted(pool, policy);
    if (kind == policy::v1::SKU_KIND_PAY_AS_YOU_GO) pay_as_you_go += Counted(pool, policy);
  }
  return policy.UserNumberQuota(plans, pay_as_you_go);
}

std::uint64_t ServiceNumberQuota(const State& state, const policy::Policy& policy) {
  std::uint64_t licences = 0;
  for (const auto& [sku, pool] : state.pools) {
    licences += Counted(pool, policy) * policy.Sku(sku)->service_number_licenses();
  }
  return policy.ServiceNumberTier(licences);
}

}  // namespace dialtone::licensing
