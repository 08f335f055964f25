#include "controlplane/domain/inventory/quota.h"

#include <string>

#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/licensing/rules.h"

namespace dialtone::inventory {

namespace {

struct Counted {
  std::uint64_t plans = 0;
  std::uint64_t pay_as_you_go = 0;
  std::uint64_t service_licenses = 0;
  std::uint64_t idle_plans = 0;  // bought, and nobody has them
};

bool CountsBought(const policy::Policy& policy) {
  return policy.number_quota().basis() == policy::v1::LICENSE_BASIS_BOUGHT;
}

Counted Count(const licensing::State& licenses, const policy::Policy& policy) {
  using licensing::Assigned, licensing::Bought;
  const auto count = [&](policy::v1::SkuKind kind) {
    return CountsBought(policy) ? Bought(licenses, kind, policy) : Assigned(licenses, kind, policy);
  };
  Counted counted;
  counted.plans = count(policy::v1::SKU_KIND_CALLING_PLAN);
  counted.pay_as_you_go = count(policy::v1::SKU_KIND_PAY_AS_YOU_GO);
  const std::uint64_t bought = Bought(licenses, policy::v1::SKU_KIND_CALLING_PLAN, policy);
  counted.idle_plans = bought > counted.plans ? bought - counted.plans : 0;
  for (const auto& [sku, pool] : licenses.pools) {
    const policy::v1::Sku* const product = policy.Sku(sku);
    const std::uint64_t pool_count = CountsBought(policy) ? pool.bought() : pool.assigned();
    if (product != nullptr)
      counted.service_licenses += pool_count * product->service_number_licenses();
  }
  return counted;
}

void Add(Quota& quota, const char* name, std::uint64_t value) {
  QuotaInput& input = *quota.add_inputs();
  input.set_name(name);
  input.set_value(value);
}

std::string Basis(const policy::Policy& policy) {
  return CountsBought(policy) ? "bought" : "assigned";
}

void ExplainUserNumbers(const Counted& counted, const policy::Policy& policy, Quota& quota) {
  const policy::v1::NumberQuota& rule = policy.number_quota();
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  Add(quota, "calling_plan_licenses", counted.plans);
  Add(quota, "pay_as_you_go_licenses", counted.pay_as_you_go);
  quota.set_formula(text(counted.plans) + " calling plans " + Basis(policy) + " x " +
                    text(rule.numerator()) + " div " + text(rule.denominator()) + " + " +
                    text(rule.plus()) + " + " + text(counted.pay_as_you_go) +
                    " pay-as-you-go licences x " + text(rule.per_pay_as_you_go()) + " = " +
                    text(quota.quota()));
  if (counted.idle_plans > 0) {
    quota.add_remedies("Assign the " + text(counted.idle_plans) +
                       " calling plans that are bought and that nobody has.");
  }
  quota.add_remedies("Buy calling plans, and assign them.");
}

void ExplainServiceNumbers(const Counted& counted, const policy::Policy& policy, Quota& quota) {
  Add(quota, "service_number_licenses", counted.service_licenses);
  quota.set_formula(std::to_string(counted.service_licenses) +
                    " Phone System and Audio Conferencing licences " + Basis(policy) +
                    ": by the tier table " + std::to_string(quota.quota()));
  for (const policy::v1::ServiceNumberTier& tier : policy.proto().service_number_tiers()) {
    if (tier.licences_min() <= counted.service_licenses || tier.numbers() <= quota.quota())
      continue;
    quota.add_remedies("Have " + std::to_string(tier.licences_min()) +
                       " of these licences: they allow " + std::to_string(tier.numbers()) +
                       " numbers.");
    return;
  }
}

}  // namespace

std::uint64_t NumberQuota(NumberType type, const licensing::State& licenses,
                          const policy::Policy& policy) {
  return type == SUBSCRIBER ? licensing::UserNumberQuota(licenses, policy)
                            : licensing::ServiceNumberQuota(licenses, policy);
}

Quota Explain(NumberType type, const licensing::State& licenses, std::uint64_t held,
              std::uint64_t reserved, const policy::Policy& policy) {
  Quota quota;
  quota.set_type(type);
  quota.set_quota(NumberQuota(type, licenses, policy));
  quota.set_held(held);
  quota.set_reserved(reserved);
  const std::uint64_t used = held + reserved;
  quota.set_left(quota.quota() > used ? quota.quota() - used : 0);
  if (held > 0) quota.add_remedies("Release numbers that nobody has.");
  if (reserved > 0) quota.add_remedies("Release reservations that are not needed.");
  const Counted counted = Count(licenses, policy);
  if (type == SUBSCRIBER) {
    ExplainUserNumbers(counted, policy, quota);
  } else {
    ExplainServiceNumbers(counted, policy, quota);
  }
  return quota;
}

bool IsFunded(NumberType type, const billing::State& credits) {
  return type != TOLL_FREE || billing::HasFunds(credits);
}

}  // namespace dialtone::inventory
