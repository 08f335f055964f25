// What other slices may ask of an organization's licences.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/licensing/state.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

// Licences that count for numbers, by the basis of the policy: domain.md 2.6.
struct NumberLicenses {
  std::uint64_t calling_plans = 0;
  std::uint64_t pay_as_you_go = 0;
  std::uint64_t service = 0;  // of service numbers, as the catalogue counts them
};
NumberLicenses CountForNumbers(const State& state, const policy::Policy& policy);

// User numbers that the licences allow, by the formula and the basis of the policy: domain.md 2.6.
std::uint64_t UserNumberQuota(const State& state, const policy::Policy& policy);
// Toll, and separately toll-free, service numbers that they allow: the tier table of 2.6.
std::uint64_t ServiceNumberQuota(const State& state, const policy::Policy& policy);

// Null: the user has none.
const UserLicenses* LicensesOf(const State& state, std::string_view user);
// The user has a licence of that kind, or one that includes it.
bool Has(const State& state, std::string_view user, policy::v1::SkuKind kind,
         const policy::Policy& policy);
// Licences of that kind, or that include it, which the organization has, assigned or not.
std::uint64_t Bought(const State& state, policy::v1::SkuKind kind, const policy::Policy& policy);
// Those of them that users have.
std::uint64_t Assigned(const State& state, policy::v1::SkuKind kind, const policy::Policy& policy);
// Users that have just this product.
std::uint64_t Assigned(const State& state, std::string_view sku);

// It is sold to users whose usage location is that country, on that day: domain.md 1.2, 1.3.
bool IsSoldIn(std::string_view country, const policy::v1::Sku& sku, const policy::Policy& policy,
              Timestamp at);
// The user's licences that are not sold in that country.
std::vector<std::string> LicensesNotIn(std::string_view country, const State& state,
                                       std::string_view user, const policy::Policy& policy,
                                       Timestamp at);

// The user may have a number of the organization and call with it: a plan, or pay-as-you-go.
bool HasPlan(const State& state, std::string_view user, const policy::Policy& policy);
// The user's calls may be charged to credits: the licence, and one that it rests on: 2.2.
bool CanConsumeCredits(const State& state, std::string_view user, const policy::Policy& policy);

}  // namespace dialtone::licensing
