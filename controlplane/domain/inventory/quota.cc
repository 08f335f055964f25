#include "controlplane/domain/inventory/quota.h"

#include <string>

#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/licensing/rules.h"

namespace dialtone::inventory {

namespace {

bool CountsBought(const policy::Policy& policy) {
  return policy.number_quota().basis() == policy::v1::LICENSE_BASIS_BOUGHT;
}

// Bought, and nobody has them.
std::uint64_t IdlePlans(const licensing::State& licenses, const policy::Policy& policy) {
  if (CountsBought(policy)) return 0;
  constexpr auto kPlan = policy::v1::SKU_KIND_CALLING_PLAN;
  const std::uint64_t bought = licensing::Bought(licenses, kPlan, policy);
  const std::uint64_t assigned = licensing::Assigned(licenses, kPlan, policy);
  return bought > assigned ? bought - assigned : 0;
}

void Add(Quota& quota, const char* name, std::uint64_t value) {
  QuotaInput& input = *quota.add_inputs();
  input.set_name(name);
  input.set_value(value);
}

std::string Basis(const policy::Policy& policy) {
  return CountsBought(policy) ? "bought" : "assigned";
}

void ExplainUserNumbers(const licensing::State& licenses, const policy::Policy& policy,
                        Quota& quota) {
  const licensing::NumberLicenses counted = licensing::CountForNumbers(licenses, policy);
  const std::uint64_t idle_plans = IdlePlans(licenses, policy);
  const policy::v1::NumberQuota& rule = policy.number_quota();
  const auto text = [](std::uint64_t number) { return std::to_string(number); };
  Add(quota, "calling_plan_licenses", counted.calling_plans);
  Add(quota, "pay_as_you_go_licenses", counted.pay_as_you_go);
  quota.set_formula(text(counted.calling_plans) + " calling plans " + Basis(policy) + " x " +
                    text(rule.numerator()) + " div " + text(rule.denominator()) + " + " +
                    text(rule.plus()) + " + " + text(counted.pay_as_you_go) +
                    " pay-as-you-go licences x " + text(rule.per_pay_as_you_go()) + " = " +
                    text(quota.quota()));
  if (idle_plans > 0) {
    quota.add_remedies("Assign the " + text(idle_plans) +
                       " calling plans that are bought and that nobody has.");
  }
  quota.add_remedies("Buy calling plans, and assign them.");
}

void ExplainServiceNumbers(const licensing::State& licenses, const policy::Policy& policy,
                           Quota& quota) {
  const std::uint64_t service = licensing::CountForNumbers(licenses, policy).service;
  Add(quota, "service_number_licenses", service);
  quota.set_formula(std::to_string(service) + " Phone System and Audio Conferencing licences " +
                    Basis(policy) + ": by the tier table " + std::to_string(quota.quota()));
  for (const policy::v1::ServiceNumberTier& tier : policy.proto().service_number_tiers()) {
    if (tier.licences_min() <= service || tier.numbers() <= quota.quota()) continue;
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
  if (type == SUBSCRIBER) {
    ExplainUserNumbers(licenses, policy, quota);
  } else {
    ExplainServiceNumbers(licenses, policy, quota);
  }
  return quota;
}

bool IsSold(NumberType type, std::string_view country, const policy::Policy& policy, Timestamp at) {
  if (country.empty()) return true;
  const auto* const features = policy.CountryAt(country, at);
  if (features == nullptr) return false;
  const auto offer = type == SUBSCRIBER ? features->calling_plan()
                     : type == TOLL     ? features->toll()
                                        : features->toll_free();
  return offer != policy::v1::AVAILABILITY_NO;
}

bool IsFunded(NumberType type, const billing::State& credits) {
  return type != TOLL_FREE || billing::HasFunds(credits);
}

}  // namespace dialtone::inventory
