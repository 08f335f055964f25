// Whatever is bought, cancelled, assigned, unassigned and swapped, in any order: the pools and the
// users agree, nobody has more than was bought, nobody lacks what a
// licence rests on, and nobody has a number without a plan.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/licensing/license_set.h"
#include "controlplane/domain/licensing/rules.h"
#include "tests/support/licenses.h"
#include "tests/support/story.h"

namespace dialtone::licensing {
namespace {

using testing::Story;

constexpr int kSteps = 150;

const std::vector<std::string>& Products() {
  static const std::vector<std::string> products{
      "ENTERPRISEPACK", "ENTERPRISEPREMIUM", "O365_BUSINESS_PREMIUM", "MCOEV",    "MCOPSTN1",
      "MCOPSTN2",       "MCOMEETADV",        "MCOMEETACPEA",          "MCOPSTNPP"};
  return products;
}

const std::vector<std::string>& Users() {
  static const std::vector<std::string> users{"ann", "bob", "cid", "dan"};
  return users;
}

// One to three of them: of more, no user may have all.
std::vector<std::string> Some(const std::vector<std::string>& all) {
  std::vector<std::string> some(*rc::gen::element<std::size_t>(1, 1, 2, 3));
  for (std::string& one : some) one = *rc::gen::elementOf(all);
  return some;
}

// One that the user has, or, without any, just one.
std::string OneOf(const Story& story, const std::string& user) {
  const auto* const licenses = story.organization().licensing.users.Find(testing::UserOf(user));
  if (licenses == nullptr) return *rc::gen::elementOf(Products());
  return *rc::gen::elementOf(
      std::vector<std::string>(licenses->skus().begin(), licenses->skus().end()));
}

enum class Act { kBuy, kCancel, kAssign, kUnassign, kUnassignAlong, kSwap, kNumber };

// The user's own number, if a plan allows one.
void GiveNumber(Story& story, const std::string& user) {
  const auto& organization = story.organization();
  const std::string name = testing::UserOf(user);
  if (!HasPlan(organization.licensing, name, story.policy())) return;
  if (!inventory::NumbersOf(organization.inventory, name).empty()) return;
  const auto place = std::find(Users().begin(), Users().end(), user) - Users().begin();
  story.Given(testing::NumberHeld(user, "+1206555010" + std::to_string(place)));
}

void TakeStep(Story& story) {
  const auto sku = *rc::gen::elementOf(Products());
  const auto user = *rc::gen::elementOf(Users());
  const auto quantity = *rc::gen::element<std::uint32_t>(1, 2, 3);
  switch (*rc::gen::element(Act::kBuy, Act::kCancel, Act::kAssign, Act::kAssign, Act::kUnassign,
                            Act::kUnassignAlong, Act::kSwap, Act::kNumber)) {
    case Act::kBuy:
      story.When(testing::Buy(sku, quantity), kDecide);
      return;
    case Act::kCancel:
      story.When(testing::Cancel(sku, quantity), kDecide);
      return;
    case Act::kAssign:
      story.When(testing::Assign(Some(Users()), Some(Products())), kDecide);
      return;
    case Act::kUnassign:
      story.When(testing::Unassign(Some(Users()), Some(Products())), kDecide);
      return;
    case Act::kUnassignAlong:
      story.When(testing::UnassignAlong(Some(Users()), Some(Products())), kDecide);
      return;
    case Act::kNumber:
      GiveNumber(story, user);
      return;
    case Act::kSwap:
      story.When(testing::Swap({user}, {OneOf(story, user)}, Some(Products())), kDecide);
      return;
  }
}

void CheckUsers(const State& state, const policy::Policy& policy,
                std::map<std::string, std::uint32_t>& assigned) {
  for (const auto& [name, licenses] : state.users) {
    const Skus skus(licenses.skus().begin(), licenses.skus().end());
    RC_ASSERT(!skus.empty());
    RC_ASSERT(skus.size() == static_cast<std::size_t>(licenses.skus_size()));
    RC_ASSERT(FirstUnmet(skus, skus, policy).empty());
    RC_ASSERT(FirstExcluded(skus, skus, policy).empty());
    RC_ASSERT(FirstWithoutVoice(skus, skus, policy).empty());
    for (const std::string& sku : skus) ++assigned[sku];
  }
}

void CheckAll(const Story& story) {
  const State& state = story.organization().licensing;
  std::map<std::string, std::uint32_t> assigned;
  CheckUsers(state, story.policy(), assigned);
  for (const auto& [sku, pool] : state.pools) {
    RC_ASSERT(pool.assigned() == assigned[sku]);
    RC_ASSERT(story.policy().Sku(sku)->unlimited() || pool.assigned() <= pool.bought());
    assigned.erase(sku);
  }
  RC_ASSERT(assigned.empty());
  for (const auto& [user, digits] : story.organization().inventory.assigned)
    RC_ASSERT(HasPlan(state, user, story.policy()));
}

// Shows 2.4/none-left.
TEST(Licences, AgreeWithTheirPoolsAndWithEachOtherWhateverIsAsked) {
  int assigned = 0;
  int taken = 0;
  int swapped = 0;
  int cancelled = 0;
  int unassigned = 0;
  EXPECT_TRUE(rc::check([&] {
    Story story;
    story.Given(testing::UsersCreated(Users()), testing::PoolBought("ENTERPRISEPACK", 3),
                testing::PoolBought("MCOEV", 2), testing::PoolBought("MCOPSTN1", 1));
    for (int step = 0; step < kSteps; ++step) {
      TakeStep(story);
      CheckAll(story);
      assigned += story.Count<LicensesAssigned>();
      taken += story.Count<LicensesUnassigned>();
      swapped += story.Count<LicensesSwapped>();
      cancelled += story.Count<LicensesCancelled>();
      unassigned += story.Count<inventory::NumbersUnassigned>();
    }
  }));
  // The walk has not gone past closed doors only.
  EXPECT_GT(assigned, 300);
  EXPECT_GT(taken, 100);
  EXPECT_GT(swapped, 50);
  EXPECT_GT(cancelled, 200);
  EXPECT_GT(unassigned, 10);
}

}  // namespace
}  // namespace dialtone::licensing
