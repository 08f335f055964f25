#include <gtest/gtest.h>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/stock/rules.h"
#include "tests/support/policies.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using ::testing::ElementsAre;
using testing::Story;

std::vector<std::string> Texts(const AcquireNumbersResponse& acquired) {
  std::vector<std::string> texts;
  for (const Number& number : acquired.numbers()) texts.push_back(number.e164());
  return texts;
}

RestoreNumbersRequest Restore(const std::vector<std::string>& numbers,
                              const std::string& organization = "organizations/contoso") {
  return Naming<RestoreNumbersRequest>(numbers, organization);
}

// Another customer with a quota.
void AddFabrikam(Story& story) {
  story.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"),
                 testing::LicensesAssigned("MCOPSTN1", 50, "fabrikam"));
}

// Shows 3.6/release.
TEST(ReleaseNumbers, LetsThemRestBeforeSomebodyElseCanHaveThem) {
  Story story;
  Prepare(story);
  AddFabrikam(story);
  const auto acquired = AcquiredBy(story, "contoso", 10);
  story.When(GiveBack(Texts(acquired)), kDecide).ThenOk();
  EXPECT_TRUE(story.block(kSeattle).stock.holders.empty());
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 0U);
  story.When(testing::Reserve("fabrikam", {kSeattle}, 1), kDecide).ThenRefused(STOCK_EXHAUSTED);
  story.Wait(Duration::Days(44))
      .When(testing::Reserve("fabrikam", {kSeattle}, 1), kDecide)
      .ThenRefused(STOCK_EXHAUSTED);
  story.Wait(Duration::Days(1)).When(testing::Reserve("fabrikam", {kSeattle}, 1), kDecide).ThenOk();
}

// Shows 3.6/release.
TEST(ReleaseNumbers, IsRefusedForWhatIsNotHeldOrAssigned) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 2);
  story.When(GiveBack({"+12065550109"}), kDecide)
      .ThenRefused(NUMBER_NOT_HELD, {{"number", "+12065550109"}});
  story.When(Assign(acquired.numbers(0), kAnn), kDecide)
      .ThenOk()
      .When(GiveBack(Texts(acquired)), kDecide)
      .ThenRefused(NUMBER_IN_USE, {{"number", acquired.numbers(0).e164()}});
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 2U) << "all of them, or none";
}

TEST(ReleaseNumbers, IsRefusedForTooManyAtOnce) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_number_lifecycle()->set_release_max(1); }));
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 2);
  story.When(GiveBack(Texts(acquired)), kDecide)
      .ThenRefused(TOO_MANY_NUMBERS_AT_ONCE, {{"asked", "2"}, {"max", "1"}});
}

TEST(ReleaseNumbers, GivesPortedOnesBackToTheirCodeHolder) {
  Story story;
  Prepare(story);
  const E164 number = *E164::Parse("+12065550500");
  stock::v1::NumbersHeld held;
  held.set_block(kSeattle);
  held.set_organization("organizations/contoso");
  held.set_hold("organizations/contoso/portOrders/p1");
  held.add_places(number.place());
  held.set_ported(true);
  NumbersPortedIn ported;
  *ported.add_numbers() = PortedNumber("organizations/contoso", number, SUBSCRIBER, held.hold(),
                                       story.policy(), story.now());
  story.Given(ported).GivenFor("numberBlocks/1206555", held);
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 0U) << "none of the quota";
  const auto release = story.When(GiveBack({number.text()}), kDecide).ThenReplied<Release>();
  EXPECT_TRUE(release.numbers().empty()) << "nothing to restore";
  EXPECT_TRUE(story.block(kSeattle).stock.holders.empty());
  EXPECT_FALSE(stock::IsFree(story.block(kSeattle).stock, number.place()));
  story.When(Restore({number.text()}), kDecide).ThenRefused(NUMBER_NOT_RELEASED);
}

// Shows 3.6/restore.
TEST(RestoreNumbers, BringsThemBackToTheirLastHolderOnly) {
  Story story;
  Prepare(story);
  AddFabrikam(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 3));
  story.When(GiveBack(texts), kDecide).ThenOk().Wait(Duration::Days(29));
  story.When(Restore({texts[0]}, "organizations/fabrikam"), kDecide)
      .ThenRefused(NUMBER_NOT_RELEASED, {{"number", texts[0]}});
  const auto restored =
      story.When(Restore({texts[0], texts[2]}), kDecide).ThenReplied<RestoreNumbersResponse>();
  ASSERT_EQ(restored.numbers_size(), 2);
  EXPECT_EQ(restored.numbers(0).e164(), texts[0]);
  EXPECT_TRUE(restored.lost().empty());
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 2U);
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 2U);
  story.When(GiveBack({texts[0]}), kDecide).ThenOk();
  EXPECT_EQ(story.block(kSeattle).stock.holders.size(), 1U) << "under its new hold";
}

TEST(RestoreNumbers, ForgetsALocationThatWasDeletedMeanwhile) {
  Story story;
  Prepare(story);
  const auto reservation =
      story.When(testing::Reserve("contoso", {kSeattle}, 1), kDecide).ThenReplied<Reservation>();
  auto acquire = testing::Acquire(reservation);
  acquire.set_location(kOffice);
  const auto texts = Texts(story.When(acquire, kDecide).ThenReplied<AcquireNumbersResponse>());
  story.When(GiveBack(texts), kDecide).ThenOk();
  const auto kept = story.When(Restore(texts), kDecide).ThenReplied<RestoreNumbersResponse>();
  EXPECT_EQ(kept.numbers(0).location(), kOffice) << "it is still there";
  story.When(GiveBack(texts), kDecide).ThenOk();
  emergency::v1::DeleteAddressRequest forget;
  forget.set_name("organizations/contoso/addresses/a1");
  story.When(forget, emergency::kDecide).ThenOk();
  const auto bare = story.When(Restore(texts), kDecide).ThenReplied<RestoreNumbersResponse>();
  EXPECT_TRUE(bare.numbers(0).location().empty());
  const auto* const number =
      FindNumber(story.organization().inventory, *E164::Parse(texts.front()));
  EXPECT_TRUE(number->location().empty());
}

// Shows 3.6/restore.
TEST(RestoreNumbers, IsTooLateAfterTheWindow) {
  Story story;
  Prepare(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 1));
  story.When(GiveBack(texts), kDecide).ThenOk().Wait(Duration::Days(30));
  EXPECT_EQ(story.Count<ReleaseForgotten>(), 1);
  story.When(Restore(texts), kDecide).ThenRefused(NUMBER_NOT_RELEASED);
}

TEST(RestoreNumbers, TellsWhichNumbersAreLost) {
  Story story;
  Prepare(story);
  const auto texts = Texts(AcquiredBy(story, "contoso", 2));
  stock::v1::NumbersWithdrawn withdrawn;
  withdrawn.set_block(kSeattle);
  withdrawn.set_first(E164::Parse(texts[0])->place());
  withdrawn.set_last(withdrawn.first());
  story.When(GiveBack(texts), kDecide).ThenOk().GivenFor("numberBlocks/1206555", withdrawn);
  const auto restored = story.When(Restore(texts), kDecide).ThenReplied<RestoreNumbersResponse>();
  EXPECT_THAT(restored.lost(), ElementsAre(texts[0]));
  ASSERT_EQ(restored.numbers_size(), 1);
  story.When(Restore({texts[0]}), kDecide)
      .ThenRefused(STOCK_EXHAUSTED, {{"asked", "1"}, {"found", "0"}});
}

TEST(RestoreNumbers, CountsAgainstTheQuota) {
  Story story;
  Prepare(story);
  story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550200", "+12065550299"));
  const auto texts = Texts(AcquiredBy(story, "contoso", 10));
  story.When(GiveBack(texts), kDecide).ThenOk();
  AcquiredBy(story, "contoso", 60);
  story.When(Restore(texts), kDecide)
      .ThenRefused(QUOTA_EXCEEDED, {{"quota", "65"}, {"held", "60"}, {"asked", "10"}});
}

}  // namespace
}  // namespace dialtone::inventory
