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

NumberLicenses CountForNumbers(const State& state, const policy::Policy& policy) {
  const auto counted = [&](const LicensePool& pool) { return Counted(pool, policy); };
  NumberLicenses licenses;
  licenses.calling_plans = Sum(state, policy::v1::SKU_KIND_CALLING_PLAN, policy, counted);
  licenses.pay_as_you_go = Sum(state, policy::v1::SKU_KIND_PAY_AS_YOU_GO, policy, counted);
  for (const auto& [sku, pool] : state.pools) {
    const policy::v1::Sku* const product = policy.Sku(sku);
    if (product != nullptr) licenses.service += counted(pool) * product->service_number_licenses();
  }
  return licenses;
}

std::uint64_t UserNumberQuota(const State& state, const policy::Policy& policy) {
  const NumberLicenses licenses = CountForNumbers(state, policy);
  return policy.UserNumberQuota(licenses.calling_plans, licenses.pay_as_you_go);
}

std::uint64_t ServiceNumberQuota(const State& state, const policy::Policy& policy) {
  return policy.ServiceNumberTier(CountForNumbers(state, policy).service);
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

// A plan needs its minutes there; a conferencing licence that costs nothing is charged by the
// minute, and so is sold where the other is not.
bool IsSoldIn(std::string_view country, const policy::v1::Sku& sku, const policy::Policy& policy,
              Timestamp at) {
  const policy::v1::CountryFeatures* const features = policy.CountryAt(country, at);
  if (features == nullptr) return false;
  const auto is_had = [](policy::v1::Availability value) {
    return value != policy::v1::AVAILABILITY_NO;
  };
  if (sku.kind() == policy::v1::SKU_KIND_CALLING_PLAN)
    return policy.MinutesAt(country, sku.sku(), at) != nullptr;
  if (sku.kind() == policy::v1::SKU_KIND_PHONE_SYSTEM) return is_had(features->phone_system());
  if (sku.kind() == policy::v1::SKU_KIND_COMMUNICATIONS_CREDITS)
    return is_had(features->communications_credits());
  if (sku.kind() == policy::v1::SKU_KIND_AUDIO_CONFERENCING) {
    const bool by_minute =
        features->audio_conferencing() == policy::v1::AVAILABILITY_PAY_PER_MINUTE;
    return by_minute ? sku.free() : is_had(features->audio_conferencing());
  }
  return true;
}

std::vector<std::string> LicensesNotIn(std::string_view country, const State& state,
                                       std::string_view user, const policy::Policy& policy,
                                       Timestamp at) {
  std::vector<std::string> skus;
  const UserLicenses* const licenses = LicensesOf(state, user);
  if (licenses == nullptr) return skus;
  for (const std::string& sku : licenses->skus()) {
    const policy::v1::Sku* const product = policy.Sku(sku);
    if (product != nullptr && !IsSoldIn(country, *product, policy, at)) skus.push_back(sku);
  }
  return skus;
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
