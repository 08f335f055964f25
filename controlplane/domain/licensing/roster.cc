#include "controlplane/domain/licensing/roster.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/pool.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/item_status.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

namespace {

Skus Without(const Skus& skus, const Skus& others) {
  Skus rest;
  std::set_difference(skus.begin(), skus.end(), others.begin(), others.end(),
                      std::inserter(rest, rest.end()));
  return rest;
}

Skus Joined(Skus skus, const Skus& others) {
  skus.insert(others.begin(), others.end());
  return skus;
}

// User numbers: the others are no matter of the user's plan.
std::vector<const inventory::Number*> NumbersHeld(const Organization& organization,
                                                  const std::string& user) {
  auto numbers = inventory::NumbersOf(organization.inventory, user);
  std::erase_if(numbers,
                [](const auto* number) { return number->type() != inventory::v1::SUBSCRIBER; });
  return numbers;
}

// One of the set is of that kind, or includes it.
bool Gives(const Skus& skus, policy::v1::SkuKind kind, const policy::Policy& policy) {
  return std::any_of(skus.begin(), skus.end(),
                     [&](const std::string& sku) { return policy.Provides(sku, kind); });
}

LicenseConsequence Consequence(LicenseConsequence::Kind kind) {
  LicenseConsequence consequence;
  consequence.set_kind(kind);
  return consequence;
}

}  // namespace

// A user's licences before and after the wish, and what differs.
struct Roster::Step {
  Skus before;
  Skus after;
  Skus added;
  Skus removed;
  Skus falling;                                   // cannot stay after that
  std::vector<const inventory::Number*> numbers;  // nor can these
};

LicensingResult Roster::Change(const std::string& user, const Wish& wish) {
  LicensingResult result;
  if (organizations::FindUser(organization_.organizations, user) == nullptr) {
    *result.mutable_status() = ItemStatus<organizations::OrganizationsRefusal>(
        Reject(organizations::USER_NOT_FOUND, Named{"user", user}));
    return result;
  }
  const Step step = StepTo(user, wish);
  Rules rules = Judge(user, wish, step);
  if (!rules) {
    *result.mutable_status() = ItemStatus<LicensingRefusal>(rules.refusal().value());
    return result;
  }
  if (!step.added.empty() || !step.removed.empty()) Take(user, step);
  return ToResult(step);
}

Roster::Step Roster::StepTo(const std::string& user, const Wish& wish) const {
  const auto& policy = context_.policy();
  Step step;
  step.before = LicensesNow(user);
  step.after = Joined(Without(step.before, wish.remove), wish.add);
  step.added = Without(step.after, step.before);
  step.removed = Without(step.before, step.after);
  const Skus kept = Without(step.after, step.added);
  const Skus was_falling = Falling(step.before, step.before, policy);
  step.falling = Without(Falling(step.after, kept, policy), was_falling);
  const bool plan_goes =
      GivesPlan(step.before, policy) && !GivesPlan(Without(step.after, step.falling), policy);
  if (plan_goes) step.numbers = NumbersHeld(organization_, user);
  if (wish.entailed == Entailed::kInTheWay) return step;
  step.after = Without(step.after, step.falling);
  step.removed = Joined(std::move(step.removed), step.falling);
  return step;
}

// The chain of domain.md 2.5, as far as there is what it names.
LicensingResult Roster::ToResult(const Step& step) const {
  LicensingResult result;
  for (const std::string& sku : step.falling) {
    *result.add_consequences() = Consequence(LicenseConsequence::LICENSE_UNASSIGNED);
    result.mutable_consequences()->rbegin()->set_sku(sku);
  }
  for (const auto* number : step.numbers) {
    *result.add_consequences() = Consequence(LicenseConsequence::NUMBER_UNASSIGNED);
    result.mutable_consequences()->rbegin()->set_number(number->name());
  }
  constexpr std::pair<policy::v1::SkuKind, LicenseConsequence::Kind> kDisabled[] = {
      {policy::v1::SKU_KIND_PHONE_SYSTEM, LicenseConsequence::VOICE_DISABLED},
      {policy::v1::SKU_KIND_AUDIO_CONFERENCING, LicenseConsequence::CONFERENCING_DISABLED},
      {policy::v1::SKU_KIND_COMMUNICATIONS_CREDITS, LicenseConsequence::CREDITS_DISABLED}};
  const auto& policy = context_.policy();
  for (const auto& [kind, consequence] : kDisabled) {
    if (Gives(step.before, kind, policy) && !Gives(step.after, kind, policy))
      *result.add_consequences() = Consequence(consequence);
  }
  return result;
}

// The graph of domain.md 2.2, both ways; what a removal entails stands in the facts: 2.5.
Rules Roster::Judge(const std::string& user, const Wish& wish, const Step& step) const {
  const auto& policy = context_.policy();
  const Skus absent = Without(wish.must_have, step.before);
  const std::string abroad = FirstAbroad(user, step.added);
  const std::string location(organizations::UsageLocation(organization_.organizations, user));
  const Conflict voiceless = FirstWithoutVoice(step.after, step.added, policy);
  const Conflict excluded = FirstExcluded(step.after, step.added, policy);
  const Conflict unmet = FirstUnmet(step.after, step.added, policy);
  std::vector<std::string> entailed(step.falling.begin(), step.falling.end());
  for (const auto* number : step.numbers) entailed.push_back(number->e164());
  const bool goes_along = wish.entailed == Entailed::kGoesAlong;
  const std::string entails = absl::StrJoin(entailed, ", ");
  const std::string removed = absl::StrJoin(step.removed, ", ");
  const std::string used_up = FirstUsedUp(step.added);
  const LicensePool pool = PoolNow(used_up);

  Rules rules = context_.rules();
  rules
      .Require(absent.empty(), LICENSE_NOT_ASSIGNED, Named{"user", user},
               Named{"sku", absl::StrJoin(absent, ", ")})
      .Require(abroad.empty(), SKU_NOT_IN_COUNTRY, Named{"user", user}, Named{"sku", abroad},
               Named{"usage_location", location})
      .Require(voiceless.empty(), WRONG_BASE_PLAN, Named{"user", user}, Named{"sku", voiceless.sku},
               Named{"base_plan", voiceless.other})
      .Require(excluded.empty(), LICENSE_EXCLUDED, Named{"user", user}, Named{"sku", excluded.sku},
               Named{"excludes", excluded.other})
      .Require(unmet.empty(), PREREQUISITE_NOT_ASSIGNED, Named{"user", user},
               Named{"sku", unmet.sku}, Named{"needs", unmet.other})
      .Require(goes_along || step.falling.empty(), LICENSE_STILL_NEEDED, Named{"user", user},
               Named{"sku", removed}, Named{"entails", entails})
      .Require(goes_along || step.numbers.empty(), NUMBER_NEEDS_LICENSE, Named{"user", user},
               Named{"sku", removed}, Named{"entails", entails})
      .Require(used_up.empty(), NO_LICENSE_LEFT, Named{"user", user}, Named{"sku", used_up},
               Named{"bought", pool.bought()}, Named{"assigned", pool.assigned()});
  return rules;
}

std::string Roster::FirstAbroad(const std::string& user, const Skus& skus) const {
  const auto country = organizations::UsageLocation(organization_.organizations, user);
  const auto abroad = std::find_if(skus.begin(), skus.end(), [&](const std::string& sku) {
    return !IsSoldIn(country, *context_.policy().Sku(sku), context_.policy(), context_.now());
  });
  return abroad == skus.end() ? "" : *abroad;
}

std::string Roster::FirstUsedUp(const Skus& skus) const {
  const auto used_up = std::find_if(skus.begin(), skus.end(), [&](const std::string& sku) {
    const LicensePool pool = PoolNow(sku);
    return !context_.policy().Sku(sku)->unlimited() && pool.assigned() >= pool.bought();
  });
  return used_up == skus.end() ? "" : *used_up;
}

Skus Roster::LicensesNow(const std::string& user) const {
  const auto changed = users_.find(user);
  const UserLicenses* const licenses =
      changed == users_.end() ? LicensesOf(organization_.licensing, user) : &changed->second;
  if (licenses == nullptr) return {};
  return {licenses->skus().begin(), licenses->skus().end()};
}

LicensePool Roster::PoolNow(const std::string& sku) const {
  const auto changed = pools_.find(sku);
  if (changed != pools_.end()) return changed->second;
  return PoolOf(organization_.licensing,
                organizations::OrganizationName(organization_.organizations), sku);
}

void Roster::Take(const std::string& user, const Step& step) {
  UserLicenses& licenses = users_[user];
  licenses.set_user(user);
  licenses.clear_skus();
  for (const std::string& sku : step.after) licenses.add_skus(sku);
  for (const std::string& sku : step.added) {
    LicensePool& pool = pools_[sku] = PoolNow(sku);
    pool.set_assigned(pool.assigned() + 1);
  }
  for (const std::string& sku : step.removed) {
    LicensePool& pool = pools_[sku] = PoolNow(sku);
    pool.set_assigned(pool.assigned() - 1);
  }
  for (const auto* number : step.numbers)
    unassigned_.push_back(E164::Parse(number->e164())->digits());
}

}  // namespace dialtone::licensing
