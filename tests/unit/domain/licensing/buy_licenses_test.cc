#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/domain/licensing/decide.h"
#include "controlplane/kernel/money.h"
#include "tests/support/licenses.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::licensing {
namespace {

using testing::Assign;
using testing::Buy;
using testing::Cancel;
using testing::PoolBought;
using testing::Story;
using testing::UsersCreated;

TEST(BuyLicenses, AddsToWhatWasBoughtBefore) {
  Story story;
  story.When(Buy("ENTERPRISEPACK", 3), kDecide).ThenOk();
  const auto pool = story.When(Buy("ENTERPRISEPACK", 2), kDecide).ThenReplied<LicensePool>();
  EXPECT_EQ(pool.name(), "organizations/contoso/licensePools/ENTERPRISEPACK");
  EXPECT_EQ(pool.bought(), 5U);
  EXPECT_EQ(pool.assigned(), 0U);
}

TEST(BuyLicenses, WritesDownThePriceOfTheDay) {
  Story story;
  story.When(Buy("ENTERPRISEPACK", 1), kDecide).ThenOk();
  ASSERT_EQ(story.events().size(), 1U);
  const auto& bought = story.events()[0].second.licensing().licenses_bought();
  const auto price = story.policy().PriceAt("ENTERPRISEPACK", story.now());
  ASSERT_TRUE(price.has_value());
  EXPECT_EQ(bought.price().micros(), ToProto(*price).micros());
  EXPECT_EQ(bought.price().currency_code(), "USD");
}

TEST(BuyLicenses, IsRefusedForAnUnknownProduct) {
  Story().When(Buy("MCOPSTN9", 1), kDecide).ThenRefused(SKU_UNKNOWN, {{"sku", "MCOPSTN9"}});
}

// Shows 2.1/skus-dated.
TEST(BuyLicenses, IsRefusedBeforeTheProductIsSold) {
  Story story;
  story.When(Buy("PHONESYSTEM_VIRTUALUSER", 1), kDecide)
      .ThenRefused(SKU_NOT_SOLD_YET, {{"valid_from", "2019-07-01"}});
}

// Shows 2.1/credits-licence.
TEST(BuyLicenses, IsRefusedWhereNoCountIsKept) {
  Story().When(Buy("MCOPSTNPP", 5), kDecide).ThenRefused(PURCHASE_NOT_NEEDED);
}

// Shows 2.2/bought-first.
TEST(BuyLicenses, OfACallingPlanNeedsPhoneSystemFirst) {
  Story story;
  story.When(Buy("ENTERPRISEPACK", 1), kDecide)
      .ThenOk()
      .When(Buy("MCOPSTN1", 1), kDecide)
      .ThenRefused(PREREQUISITE_NOT_BOUGHT, {{"sku", "MCOPSTN1"}, {"needs", "MCOEV"}})
      .When(Buy("MCOEV", 1), kDecide)
      .ThenOk()
      .When(Buy("MCOPSTN1", 1), kDecide)
      .ThenOk();
}

TEST(BuyLicenses, OfACallingPlanIsContentWithAPlanThatIncludesPhoneSystem) {
  Story story;
  story.When(Buy("ENTERPRISEPREMIUM", 1), kDecide)
      .ThenOk()
      .When(Buy("MCOPSTN2", 1), kDecide)
      .ThenOk();
}

TEST(BuyLicenses, IsRefusedBeyondTheLimitOfThePool) {
  Story story;
  story.When(Buy("ENTERPRISEPACK", 999'999), kDecide)
      .ThenOk()
      .When(Buy("ENTERPRISEPACK", 2), kDecide)
      .ThenRefused(TOO_MANY_LICENSES, {{"bought", "999999"}, {"asked", "2"}, {"max", "1000000"}});
}

TEST(BuyLicenses, IsRefusedBeyondTheUsersOfASmallFirmsPlan) {
  Story()
      .When(Buy("O365_BUSINESS_PREMIUM", 301), kDecide)
      .ThenRefused(TOO_MANY_LICENSES, {{"max", "300"}});
}

// Shows 2.1/virtual-users.
TEST(BuyLicenses, OfVirtualUsersGoesByPhoneSystemLicences) {
  Story story;
  story.Wait(Duration::Days(365))
      .When(Buy("PHONESYSTEM_VIRTUALUSER", 1), kDecide)
      .ThenRefused(TOO_MANY_LICENSES, {{"max", "0"}});
  story.Given(PoolBought("ENTERPRISEPREMIUM", 400), PoolBought("MCOEV", 200))
      .When(Buy("PHONESYSTEM_VIRTUALUSER", 86), kDecide)
      .ThenRefused(TOO_MANY_LICENSES, {{"max", "85"}})
      .When(Buy("PHONESYSTEM_VIRTUALUSER", 85), kDecide)
      .ThenOk();
}

TEST(BuyLicenses, AsksItsRulesInTheOrderOfTheRefusals) {
  Story story;
  story.DryRun().When(Buy("MCOPSTN1", 2'000'000), kDecide);
  const auto order = testing::OrderOf<LicensingRefusal>(story.trace());
  EXPECT_EQ(order.size(), 4U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  story.When(Buy("MCOPSTN1", 2'000'000), kDecide).ThenRefused(PREREQUISITE_NOT_BOUGHT);
}

TEST(BuyLicenses, IsRefusedForASuspendedOrganization) {
  Story story;
  organizations::v1::OrganizationSuspended suspended;
  *suspended.mutable_organization() = testing::OrganizationCreated("contoso").organization();
  suspended.mutable_organization()->set_state(organizations::v1::Organization::SUSPENDED);
  story.Given(suspended)
      .When(Buy("ENTERPRISEPACK", 1), kDecide)
      .ThenRefused(organizations::v1::ORGANIZATION_SUSPENDED);
}

TEST(CancelLicenses, TakesFromWhatIsNotAssigned) {
  Story story;
  story.Given(UsersCreated({"ann"}), PoolBought("ENTERPRISEPACK", 3))
      .When(Assign({"ann"}, {"ENTERPRISEPACK"}), kDecide)
      .ThenOk();
  const auto pool = story.When(Cancel("ENTERPRISEPACK", 2), kDecide).ThenReplied<LicensePool>();
  EXPECT_EQ(pool.bought(), 1U);
  story.When(Cancel("ENTERPRISEPACK", 1), kDecide)
      .ThenRefused(LICENSES_IN_USE, {{"bought", "1"}, {"assigned", "1"}, {"asked", "1"}});
}

TEST(CancelLicenses, IsRefusedForMoreThanWasBought) {
  Story story;
  story.Given(PoolBought("ENTERPRISEPACK", 3))
      .When(Cancel("ENTERPRISEPACK", 4), kDecide)
      .ThenRefused(LICENSES_IN_USE, {{"bought", "3"}, {"asked", "4"}});
}

TEST(CancelLicenses, IsRefusedForAnUnknownProduct) {
  Story().When(Cancel("MCOPSTN9", 1), kDecide).ThenRefused(SKU_UNKNOWN);
}

TEST(CancelLicenses, OfTheLastOneIsRefusedWhileAnotherPurchaseNeedsIt) {
  Story story;
  story.Given(PoolBought("ENTERPRISEPACK", 2), PoolBought("MCOEV", 2), PoolBought("MCOPSTN1", 1))
      .When(Cancel("MCOEV", 1), kDecide)
      .ThenOk()
      .When(Cancel("MCOEV", 1), kDecide)
      .ThenRefused(PURCHASE_STILL_NEEDED, {{"sku", "MCOEV"}, {"needed_by", "MCOPSTN1"}})
      .When(Cancel("ENTERPRISEPACK", 2), kDecide)
      .ThenRefused(PURCHASE_STILL_NEEDED, {{"needed_by", "MCOEV, MCOPSTN1"}})
      .When(Cancel("MCOPSTN1", 1), kDecide)
      .ThenOk()
      .When(Cancel("MCOEV", 1), kDecide)
      .ThenOk();
}

TEST(CancelLicenses, AsksItsRulesInTheOrderOfTheRefusals) {
  Story story;
  story.Given(testing::LicensesAssigned("MCOEV", 1), PoolBought("ENTERPRISEPACK", 1),
              PoolBought("MCOPSTN1", 1));
  story.DryRun().When(Cancel("MCOEV", 1), kDecide);
  const auto order = testing::OrderOf<LicensingRefusal>(story.trace());
  EXPECT_EQ(order.size(), 2U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  story.When(Cancel("MCOEV", 1), kDecide).ThenRefused(LICENSES_IN_USE);
}

}  // namespace
}  // namespace dialtone::licensing
