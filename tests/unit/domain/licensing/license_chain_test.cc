// What the removal of a licence entails, and how it goes along: domain.md 2.5.
#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/licensing/rules.h"
#include "tests/support/licenses.h"
#include "tests/support/story.h"

namespace dialtone::licensing {
namespace {

using testing::Assign;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::NumberHeld;
using testing::PoolBought;
using testing::ReasonOf;
using testing::Story;
using testing::Swap;
using testing::Unassign;
using testing::UnassignAlong;
using testing::UserOf;
using testing::UsersCreated;

const std::string kNumber = "organizations/contoso/numbers/12065550100";

// Ann calls with E3, Phone System, a plan and credits, and has a number; Bob has E3 only.
class LicenseChain : public ::testing::Test {
 protected:
  LicenseChain() {
    story_.Given(UsersCreated({"ann", "bob"}), PoolBought("ENTERPRISEPACK", 5),
                 PoolBought("MCOEV", 5), PoolBought("MCOPSTN1", 5), PoolBought("MCOMEETADV", 5),
                 PoolBought("O365_BUSINESS_PREMIUM", 5));
    story_.When(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1", "MCOPSTNPP", "MCOMEETADV"}),
                kDecide);
    story_.When(Assign({"bob"}, {"ENTERPRISEPACK"}), kDecide);
    story_.Given(NumberHeld("ann", "+12065550100"));
  }
  template <class Request>
  std::vector<LicensingResult> Results(const Request& request) {
    story_.When(request, kDecide);
    const auto response = story_.ThenReplied<UnassignLicensesResponse>();  // a swap's looks alike
    return {response.results().begin(), response.results().end()};
  }
  std::vector<std::string> SkusOf(std::string_view user) const {
    const auto* const licenses = LicensesOf(story_.organization().licensing, UserOf(user));
    if (licenses == nullptr) return {};
    return {licenses->skus().begin(), licenses->skus().end()};
  }
  const inventory::Number& TheNumber() const {
    return *inventory::FindNumber(story_.organization().inventory, kNumber);
  }

  Story story_;
};

// `LICENSE_UNASSIGNED MCOPSTN1`, link by link.
std::vector<std::string> ChainOf(const LicensingResult& result) {
  std::vector<std::string> chain;
  for (const LicenseConsequence& link : result.consequences()) {
    const std::string of = link.sku() + link.number();
    chain.push_back(
        absl::StrCat(LicenseConsequence::Kind_Name(link.kind()), of.empty() ? "" : " ", of));
  }
  return chain;
}

// Shows 2.5/chain.
TEST_F(LicenseChain, GoesAlongInOneStepLinkByLink) {
  const auto results = Results(UnassignAlong({"ann"}, {"MCOEV"}));
  ASSERT_EQ(ReasonOf(results.at(0).status()), "");
  EXPECT_THAT(ChainOf(results.at(0)), ElementsAre("LICENSE_UNASSIGNED MCOPSTN1",
                                                  "NUMBER_UNASSIGNED " + kNumber, "VOICE_DISABLED"))
      << "credits rest on Audio Conferencing now";
  EXPECT_EQ(story_.Count<LicensesUnassigned>(), 1);
  EXPECT_EQ(story_.Count<inventory::NumbersUnassigned>(), 1);
  EXPECT_THAT(SkusOf("ann"), ElementsAre("ENTERPRISEPACK", "MCOMEETADV", "MCOPSTNPP"));
  EXPECT_EQ(TheNumber().assignee(), "");
  EXPECT_EQ(TheNumber().state(), inventory::Number::UNASSIGNED);
  EXPECT_EQ(Assigned(story_.organization().licensing, "MCOPSTN1"), 0U);
}

TEST_F(LicenseChain, TakesAllThatRestsOnTheBasePlan) {
  const auto results = Results(UnassignAlong({"ann"}, {"ENTERPRISEPACK"}));
  EXPECT_THAT(ChainOf(results.at(0)),
              ElementsAre("LICENSE_UNASSIGNED MCOEV", "LICENSE_UNASSIGNED MCOMEETADV",
                          "LICENSE_UNASSIGNED MCOPSTN1", "LICENSE_UNASSIGNED MCOPSTNPP",
                          "NUMBER_UNASSIGNED " + kNumber, "VOICE_DISABLED", "CONFERENCING_DISABLED",
                          "CREDITS_DISABLED"));
  EXPECT_THAT(SkusOf("ann"), IsEmpty());
}

// Shows 2.5/chain-shown.
TEST_F(LicenseChain, IsShownByADryRunThatChangesNothing) {
  story_.DryRun();
  const auto results = Results(UnassignAlong({"ann"}, {"MCOPSTN1"}));
  EXPECT_THAT(ChainOf(results.at(0)), ElementsAre("NUMBER_UNASSIGNED " + kNumber));
  EXPECT_TRUE(story_.events().empty());
  EXPECT_EQ(TheNumber().assignee(), UserOf("ann"));
  EXPECT_EQ(SkusOf("ann").size(), 5U);
}

TEST_F(LicenseChain, IsInTheWayUnlessItIsToGoAlong) {
  const auto results = Results(Unassign({"ann"}, {"MCOPSTN1"}));
  EXPECT_EQ(ReasonOf(results.at(0).status()), "NUMBER_NEEDS_LICENSE");
  EXPECT_THAT(ChainOf(results.at(0)), IsEmpty());
  EXPECT_EQ(TheNumber().assignee(), UserOf("ann"));
}

TEST_F(LicenseChain, IsTheOneOfEachUserAndOfAUserNamedTwiceIsGoneOnce) {
  const auto results = Results(UnassignAlong({"bob", "ann", "ann"}, {"MCOEV"}));
  EXPECT_THAT(ChainOf(results.at(0)), IsEmpty()) << "Bob has no voice that could end";
  EXPECT_EQ(ChainOf(results.at(1)).size(), 3U);
  EXPECT_THAT(ChainOf(results.at(2)), IsEmpty());
  EXPECT_EQ(story_.Count<inventory::NumbersUnassigned>(), 1);
}

TEST_F(LicenseChain, FollowsASwapToABasePlanThatCanHaveNoVoice) {
  auto swap = Swap({"ann"}, {"ENTERPRISEPACK"}, {"O365_BUSINESS_PREMIUM"});
  EXPECT_EQ(ReasonOf(Results(swap).at(0).status()), "WRONG_BASE_PLAN");
  swap.set_cascade(true);
  const auto results = Results(swap);
  ASSERT_EQ(ReasonOf(results.at(0).status()), "");
  EXPECT_THAT(ChainOf(results.at(0)),
              ElementsAre("LICENSE_UNASSIGNED MCOEV", "LICENSE_UNASSIGNED MCOPSTN1",
                          "NUMBER_UNASSIGNED " + kNumber, "VOICE_DISABLED"));
  EXPECT_THAT(SkusOf("ann"), ElementsAre("MCOMEETADV", "MCOPSTNPP", "O365_BUSINESS_PREMIUM"));
}

TEST_F(LicenseChain, LeavesThePlanThatASwapBringsAndTheNumberWithIt) {
  story_.Given(PoolBought("MCOPSTN2", 1));
  auto swap = Swap({"ann"}, {"MCOPSTN1"}, {"MCOPSTN2"});
  swap.set_cascade(true);
  EXPECT_THAT(ChainOf(Results(swap).at(0)), IsEmpty());
  EXPECT_EQ(TheNumber().assignee(), UserOf("ann"));
}

}  // namespace
}  // namespace dialtone::licensing
