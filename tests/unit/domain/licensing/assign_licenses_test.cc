#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/domain/licensing/decide.h"
#include "controlplane/domain/licensing/rules.h"
#include "tests/support/licenses.h"
#include "tests/support/story.h"

namespace dialtone::licensing {
namespace {

using testing::Assign;
using testing::FactOf;
using testing::NumberHeld;
using testing::PoolBought;
using testing::ReasonOf;
using testing::Story;
using testing::Swap;
using testing::Unassign;
using testing::UserOf;
using testing::UsersCreated;

// E3, Phone System and Calling Plans for five, and who may have them.
class LicensesOfUsers : public ::testing::Test {
 protected:
  LicensesOfUsers() {
    story_.Given(UsersCreated({"ann", "bob", "cid"}), PoolBought("ENTERPRISEPACK", 5),
                 PoolBought("MCOEV", 5), PoolBought("MCOPSTN1", 5), PoolBought("MCOPSTN2", 5));
  }
  // The last user's status.
  template <class Request>
  google::rpc::Status Last(const Request& request) {
    story_.When(request, kDecide);
    const auto response = story_.ThenReplied<AssignLicensesResponse>();  // all three look alike
    return response.results().empty() ? google::rpc::Status()
                                      : response.results().rbegin()->status();
  }
  std::vector<std::string> SkusOf(std::string_view user) const {
    const auto* const licenses = LicensesOf(story_.organization().licensing, UserOf(user));
    if (licenses == nullptr) return {};
    return {licenses->skus().begin(), licenses->skus().end()};
  }
  std::uint64_t AssignedOf(std::string_view sku) const {
    return Assigned(story_.organization().licensing, sku);
  }

  Story story_;
};

using AssignLicenses = LicensesOfUsers;
using UnassignLicenses = LicensesOfUsers;
using SwapLicenses = LicensesOfUsers;

TEST_F(AssignLicenses, GivesEachUserAllOfThemInOneEvent) {
  story_.When(Assign({"ann", "bob"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}), kDecide);
  const auto response = story_.ThenReplied<AssignLicensesResponse>();
  ASSERT_EQ(response.results_size(), 2);
  EXPECT_EQ(response.results(0).status().code(), 0);
  EXPECT_EQ(story_.Count<LicensesAssigned>(), 1);
  EXPECT_THAT(SkusOf("bob"), ::testing::ElementsAre("ENTERPRISEPACK", "MCOEV", "MCOPSTN1"));
  EXPECT_EQ(AssignedOf("MCOPSTN1"), 2U);
}

// Shows 2.4/bulk.
TEST_F(AssignLicenses, TellsOfEachUserWhatBecameOfIt) {
  story_.When(Assign({"ann", "nobody", "cid"}, {"ENTERPRISEPACK"}), kDecide);
  const auto response = story_.ThenReplied<AssignLicensesResponse>();
  ASSERT_EQ(response.results_size(), 3);
  EXPECT_EQ(ReasonOf(response.results(0).status()), "");
  EXPECT_EQ(ReasonOf(response.results(1).status()), "USER_NOT_FOUND");
  EXPECT_EQ(FactOf(response.results(1).status(), "user"), UserOf("nobody"));
  EXPECT_EQ(ReasonOf(response.results(2).status()), "");
  EXPECT_EQ(AssignedOf("ENTERPRISEPACK"), 2U);
}

TEST_F(AssignLicenses, GivesAUserAllOrNothing) {
  const auto status = Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOPSTN1"}));
  EXPECT_EQ(ReasonOf(status), "PREREQUISITE_NOT_ASSIGNED");
  EXPECT_TRUE(SkusOf("ann").empty());
  EXPECT_TRUE(story_.events().empty());
}

TEST_F(AssignLicenses, AgainIsNoErrorAndChangesNothing) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK"}));
  EXPECT_EQ(ReasonOf(Last(Assign({"ann", "ann"}, {"ENTERPRISEPACK"}))), "");
  EXPECT_TRUE(story_.events().empty());
  EXPECT_EQ(AssignedOf("ENTERPRISEPACK"), 1U);
}

// Shows 2.2/assigned-first.
TEST_F(AssignLicenses, OfPhoneSystemNeedsABasePlan) {
  const auto status = Last(Assign({"ann"}, {"MCOEV"}));
  EXPECT_EQ(ReasonOf(status), "PREREQUISITE_NOT_ASSIGNED");
  EXPECT_EQ(FactOf(status, "needs"),
            "STANDARDPACK or ENTERPRISEPACK or ENTERPRISEWITHSCAL or MCOSTANDARD");
}

// Shows 2.2/includes.
TEST_F(AssignLicenses, OfACallingPlanIsContentWithAPlanThatIncludesPhoneSystem) {
  story_.Given(PoolBought("ENTERPRISEPREMIUM", 1));
  EXPECT_EQ(ReasonOf(Last(Assign({"ann"}, {"ENTERPRISEPREMIUM", "MCOPSTN1"}))), "");
}

// Shows 2.2/wrong-base-plan.
TEST_F(AssignLicenses, OfVoiceIsRefusedBesideABasePlanThatCannotHaveIt) {
  story_.Given(PoolBought("O365_BUSINESS_PREMIUM", 1));
  Last(Assign({"ann"}, {"O365_BUSINESS_PREMIUM"}));
  const auto status = Last(Assign({"ann"}, {"MCOEV"}));
  EXPECT_EQ(ReasonOf(status), "WRONG_BASE_PLAN") << "before the prerequisite that is missing too";
  EXPECT_EQ(FactOf(status, "base_plan"), "O365_BUSINESS_PREMIUM");
}

// Shows 2.2/one-plan.
TEST_F(AssignLicenses, OfTwoCallingPlansIsRefused) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  const auto status = Last(Assign({"ann"}, {"MCOPSTN2"}));
  EXPECT_EQ(ReasonOf(status), "LICENSE_EXCLUDED");
  EXPECT_EQ(FactOf(status, "sku"), "MCOPSTN1");
  EXPECT_EQ(FactOf(status, "excludes"), "MCOPSTN2");
}

// Shows 2.4/none-left.
TEST_F(AssignLicenses, IsRefusedWhenNoneIsLeftForThoseBehind) {
  story_.Given(PoolBought("STANDARDPACK", 2));
  story_.When(Assign({"ann", "bob", "cid"}, {"STANDARDPACK"}), kDecide);
  const auto response = story_.ThenReplied<AssignLicensesResponse>();
  EXPECT_EQ(ReasonOf(response.results(1).status()), "");
  EXPECT_EQ(ReasonOf(response.results(2).status()), "NO_LICENSE_LEFT");
  EXPECT_EQ(FactOf(response.results(2).status(), "bought"), "2");
  EXPECT_EQ(FactOf(response.results(2).status(), "assigned"), "2");
}

// Shows 2.2/credits-rest.
TEST_F(AssignLicenses, OfCreditsNeedsNoPurchaseButSomethingToRestOn) {
  EXPECT_EQ(ReasonOf(Last(Assign({"ann"}, {"MCOPSTNPP"}))), "PREREQUISITE_NOT_ASSIGNED");
  EXPECT_EQ(ReasonOf(Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1", "MCOPSTNPP"}))),
            "");
  EXPECT_TRUE(CanConsumeCredits(story_.organization().licensing, UserOf("ann"), story_.policy()));
  EXPECT_FALSE(CanConsumeCredits(story_.organization().licensing, UserOf("bob"), story_.policy()));
}

// Shows 1.1/usage-location.
TEST_F(AssignLicenses, OfACallingPlanIsRefusedWhereItIsNotSold) {
  story_.Given(UsersCreated({"yui"}, "JP"));
  const auto status = Last(Assign({"yui"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  EXPECT_EQ(ReasonOf(status), "SKU_NOT_IN_COUNTRY");
  EXPECT_EQ(FactOf(status, "sku"), "MCOPSTN1");
  EXPECT_EQ(FactOf(status, "usage_location"), "JP");
}

TEST_F(AssignLicenses, AsAWholeIsRefusedForProductsThatAreUnknownOrNotSoldYet) {
  story_.When(Assign({"ann"}, {"MCOPSTN9"}), kDecide)
      .ThenRefused(SKU_UNKNOWN, {{"sku", "MCOPSTN9"}})
      .When(Assign({"ann"}, {"MCOPSTNPAYG1"}), kDecide)
      .ThenRefused(SKU_NOT_SOLD_YET, {{"valid_from", "2023-01-01"}});
}

TEST_F(AssignLicenses, AsAWholeIsRefusedForMoreUsersThanOneRequestMayHave) {
  story_.When(Assign(std::vector<std::string>(1'001, "ann"), {"ENTERPRISEPACK"}), kDecide)
      .ThenRefused(TOO_MANY_USERS_AT_ONCE, {{"users", "1001"}, {"max", "1000"}});
}

TEST_F(AssignLicenses, AsksItsRulesInTheOrderOfTheRefusals) {
  story_.DryRun().When(Assign({"ann"}, {"MCOEV"}), kDecide);
  const auto order = testing::OrderOf<LicensingRefusal>(story_.trace());
  EXPECT_EQ(order.size(), 10U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  EXPECT_TRUE(story_.events().empty());
}

TEST_F(UnassignLicenses, GivesThemBackToThePool) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV"}));
  EXPECT_EQ(ReasonOf(Last(Unassign({"ann"}, {"ENTERPRISEPACK", "MCOEV"}))), "");
  EXPECT_EQ(AssignedOf("MCOEV"), 0U);
  EXPECT_EQ(LicensesOf(story_.organization().licensing, UserOf("ann")), nullptr);
}

TEST_F(UnassignLicenses, OfWhatTheUserDoesNotHaveIsNoError) {
  EXPECT_EQ(ReasonOf(Last(Unassign({"ann"}, {"MCOEV"}))), "");
  EXPECT_TRUE(story_.events().empty());
}

TEST_F(UnassignLicenses, OfPhoneSystemIsRefusedUnderACallingPlanWithTheWholeChain) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1", "MCOPSTNPP"}));
  story_.Given(NumberHeld("ann", "+12065550100"));
  const auto status = Last(Unassign({"ann"}, {"MCOEV"}));
  EXPECT_EQ(ReasonOf(status), "LICENSE_STILL_NEEDED");
  EXPECT_EQ(FactOf(status, "sku"), "MCOEV");
  EXPECT_EQ(FactOf(status, "entails"), "MCOPSTN1, MCOPSTNPP, +12065550100");
  EXPECT_EQ(SkusOf("ann").size(), 4U);
}

TEST_F(UnassignLicenses, OfThePlanIsRefusedUnderANumber) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  story_.Given(NumberHeld("ann", "+12065550100"));
  const auto status = Last(Unassign({"ann"}, {"MCOPSTN1"}));
  EXPECT_EQ(ReasonOf(status), "NUMBER_NEEDS_LICENSE");
  EXPECT_EQ(FactOf(status, "entails"), "+12065550100");
}

TEST_F(UnassignLicenses, OfTheWholeChainTogetherIsAllowed) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  EXPECT_EQ(ReasonOf(Last(Unassign({"ann"}, {"MCOEV", "MCOPSTN1"}))), "");
  EXPECT_THAT(SkusOf("ann"), ::testing::ElementsAre("ENTERPRISEPACK"));
}

// Shows 2.4/swap.
TEST_F(SwapLicenses, KeepsTheNumberWhileThePlanChanges) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  story_.Given(NumberHeld("ann", "+12065550100"));
  EXPECT_EQ(ReasonOf(Last(Swap({"ann"}, {"MCOPSTN1"}, {"MCOPSTN2"}))), "");
  EXPECT_EQ(story_.Count<LicensesSwapped>(), 1);
  EXPECT_THAT(SkusOf("ann"), ::testing::ElementsAre("ENTERPRISEPACK", "MCOEV", "MCOPSTN2"));
  EXPECT_EQ(AssignedOf("MCOPSTN1"), 0U);
  EXPECT_EQ(AssignedOf("MCOPSTN2"), 1U);
}

TEST_F(SwapLicenses, IsRefusedWhenTheUserDoesNotHaveWhatGoes) {
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV"}));
  const auto status = Last(Swap({"ann"}, {"MCOPSTN1"}, {"MCOPSTN2"}));
  EXPECT_EQ(ReasonOf(status), "LICENSE_NOT_ASSIGNED");
  EXPECT_EQ(FactOf(status, "sku"), "MCOPSTN1");
}

TEST_F(SwapLicenses, ToABasePlanThatIncludesPhoneSystemTakesTheAddOnWithIt) {
  story_.Given(PoolBought("ENTERPRISEPREMIUM", 1));
  Last(Assign({"ann"}, {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}));
  story_.Given(NumberHeld("ann", "+12065550100"));
  EXPECT_EQ(ReasonOf(Last(Swap({"ann"}, {"ENTERPRISEPACK"}, {"ENTERPRISEPREMIUM"}))),
            "LICENSE_STILL_NEEDED");
  EXPECT_EQ(ReasonOf(Last(Swap({"ann"}, {"ENTERPRISEPACK", "MCOEV"}, {"ENTERPRISEPREMIUM"}))), "");
}

}  // namespace
}  // namespace dialtone::licensing
