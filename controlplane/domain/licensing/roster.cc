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
std::vector<std::string> NumbersHeld(const Organization& organization, const std::string& user) {
  std::vector<std::string> numbers;
  for (const auto* number : inventory::NumbersOf(organization.inventory, user)) {
    if (number->type() == inventory::v1::SUBSCRIBER) numbers.push_back(number->e164());
  }
  return numbers;
}

}  // namespace

// A user's licences before and after the wish, and what differs.
struct Roster::Step {
  Skus before;
  Skus after;
  Skus added;
  Skus removed;
  Skus kept;
};

google::rpc::Status Roster::Change(const std::string& user, const Wish& wish) {
  if (organizations::FindUser(organization_.organizations, user) == nullptr) {
    return ItemStatus<organizations::OrganizationsRefusal>(
        Reject(organizations::USER_NOT_FOUND, Named{"user", user}));
  }
  Step step;
  step.before = LicensesNow(user);
  step.after = Joined(Without(step.before, wish.remove), wish.add);
  step.added = Without(step.after, step.before);
  step.removed = Without(step.before, step.after);
  step.kept = Without(step.after, step.added);
  Rules rules = Judge(user, wish, step);
  if (!rules) return ItemStatus<LicensingRefusal>(rules.refusal().value());
  if (!step.added.empty() || !step.removed.empty()) Take(user, step);
  return {};
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
  const Skus was_falling = Falling(step.before, step.before, policy);
  const Skus falling = Without(Falling(step.after, step.kept, policy), was_falling);
  const bool plan_goes =
      GivesPlan(step.before, policy) && !GivesPlan(Without(step.after, falling), policy);
  const auto numbers = plan_goes ? NumbersHeld(organization_, user) : std::vector<std::string>();
  std::vector<std::string> entailed(falling.begin(), falling.end());
  entailed.insert(entailed.end(), numbers.begin(), numbers.end());
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
      .Require(falling.empty(), LICENSE_STILL_NEEDED, Named{"user", user}, Named{"sku", removed},
               Named{"entails", entails})
      .Require(numbers.empty(), NUMBER_NEEDS_LICENSE, Named{"user", user}, Named{"sku", removed},
               Named{"entails", entails})
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
}

}  // namespace dialtone::licensing
