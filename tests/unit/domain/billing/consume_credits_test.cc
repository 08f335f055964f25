#include <gtest/gtest.h>

#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/rules.h"
#include "tests/support/credits.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using testing::Consume;
using testing::ConsumeCall;
using testing::Funded;
using testing::Hold;
using testing::kUnit;
using testing::Licensed;
using testing::Story;
using testing::Usd;
using testing::Users;

void GivenAnnAndFifty(Story& story) {
  story.Given(Users({"ann", "bob"}), Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}));
  Funded(story, 50);
}

const CreditAccount& AccountIn(const Story& story) {
  return story.organization().billing.account.get();
}

TEST(ConsumeCredits, TakesAnAmount) {
  Story story;
  GivenAnnAndFifty(story);
  const auto consumption =
      story.When(Consume("ann", 20 * kUnit), kDecide).ThenReplied<Consumption>();
  EXPECT_EQ(consumption.available().micros(), 30 * kUnit);
  EXPECT_EQ(AccountIn(story).consumed().micros(), 20 * kUnit);
}

TEST(ConsumeCredits, TakesThePriceOfACallByItsDestination) {
  Story story;
  GivenAnnAndFifty(story);
  const auto consumption =
      story.When(ConsumeCall("ann", "+12065550100", 61), kDecide).ThenReplied<Consumption>();
  EXPECT_EQ(consumption.amount().micros(), 26'000) << "two minutes at 0.013";
  EXPECT_EQ(consumption.charged_seconds(), 120U);
  EXPECT_EQ(consumption.destination(), "United States and Canada");
}

TEST(ConsumeCredits, IsRefusedWithoutABalance) {
  Story story;
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}))
      .When(Consume("ann", kUnit), kDecide)
      .ThenRefused(CREDIT_BALANCE_NOT_FOUND, {{"code", "580406"}});
}

TEST(ConsumeCredits, IsRefusedWithoutTheUsersLicence) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Consume("bob", kUnit), kDecide)
      .ThenRefused(USER_WITHOUT_CREDITS_LICENSE, {{"code", "580464"}});
}

TEST(ConsumeCredits, IsRefusedForAStranger) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Consume("zoe", kUnit), kDecide).ThenRefused(CREDIT_USER_NOT_FOUND);
}

TEST(ConsumeCredits, IsRefusedBeyondWhatIsAvailable) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Consume("ann", 50 * kUnit + 1), kDecide)
      .ThenRefused(CREDITS_INSUFFICIENT,
                   {{"available_micros", "50000000"}, {"asked_micros", "50000001"}})
      .When(Consume("ann", 50 * kUnit), kDecide)
      .ThenOk();
  EXPECT_FALSE(HasFunds(story.organization().billing));
}

TEST(ConsumeCredits, IsRefusedForNothingAndForLess) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Consume("ann", 0), kDecide).ThenRefused(CREDITS_AMOUNT_INVALID);
  story.When(Consume("ann", -kUnit), kDecide).ThenRefused(CREDITS_AMOUNT_INVALID);
}

TEST(ConsumeCredits, IsRefusedWhereNobodySellsCalls) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(ConsumeCall("ann", "+99955501001", 60), kDecide).ThenRefused(DESTINATION_WITHOUT_RATE);
  story.When(ConsumeCall("ann", "12065550100", 60), kDecide).ThenRefused(USAGE_RECORD_INVALID);
}

// Shows 5.4/never-refused.
TEST(ConsumeCredits, NeverRefusesAnEmergencyCall) {
  Story story;
  for (const char* const number : {"112", "911", "933", "+911"}) {
    const auto consumption =
        story.When(ConsumeCall("nobody", number, 600), kDecide).ThenReplied<Consumption>();
    EXPECT_EQ(consumption.amount().micros(), 0);
  }
  organizations::v1::OrganizationSuspended suspended;
  *suspended.mutable_organization() = story.organization().organizations.organization.get();
  suspended.mutable_organization()->set_state(organizations::v1::Organization::SUSPENDED);
  story.Given(suspended).When(ConsumeCall("nobody", "911", 60), kDecide).ThenOk();
  story.When(ConsumeCall("nobody", "+12065550100", 60), kDecide)
      .ThenRefused(organizations::v1::ORGANIZATION_SUSPENDED);
}

TEST(PlaceHold, TakesWhatItHoldsOutOfReach) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Hold("ann", 40 * kUnit), kDecide).ThenOk();
  EXPECT_EQ(AccountIn(story).held().micros(), 40 * kUnit);
  story.When(Consume("ann", 11 * kUnit), kDecide).ThenRefused(CREDITS_INSUFFICIENT);
}

TEST(PlaceHold, IsRefusedForMoreThanADay) {
  Story story;
  GivenAnnAndFifty(story);
  auto request = Hold("ann", kUnit);
  request.mutable_ttl()->set_seconds(86'401);
  story.When(request, kDecide).ThenRefused(CREDIT_HOLD_TOO_LONG, {{"seconds_max", "86400"}});
}

TEST(PlaceHold, ExpiresAndGivesBack) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Hold("ann", 40 * kUnit), kDecide).ThenOk().Wait(Duration::Minutes(60));
  EXPECT_EQ(story.Count<CreditHoldEnded>(), 1);
  EXPECT_EQ(AccountIn(story).available().micros(), 50 * kUnit);
  EXPECT_EQ(story.organization().billing.lots.Find(1)->remaining().micros(), 50 * kUnit);
}

TEST(CaptureHold, ConsumesAPartAndGivesBackTheRest) {
  Story story;
  GivenAnnAndFifty(story);
  Funded(story, 50);
  const auto hold = story.When(Hold("ann", 60 * kUnit), kDecide).ThenReplied<CreditHold>();
  CaptureHoldRequest capture;
  capture.set_name(hold.name());
  *capture.mutable_amount() = Usd(45 * kUnit);
  const auto ended = story.When(capture, kDecide).ThenReplied<CreditHold>();
  EXPECT_EQ(ended.state(), CreditHold::CAPTURED);
  EXPECT_EQ(AccountIn(story).available().micros(), 55 * kUnit);
  EXPECT_EQ(story.organization().billing.lots.Find(1)->remaining().micros(), 5 * kUnit);
  EXPECT_EQ(story.organization().billing.lots.Find(2)->remaining().micros(), 50 * kUnit);
  story.When(Consume("ann", 6 * kUnit), kDecide).ThenOk();
  EXPECT_EQ(story.organization().billing.lots.Find(1)->remaining().micros(), 0)
      << "what came back is the oldest again";
}

TEST(CaptureHold, IsRefusedBeyondTheHoldAndWhenItIsOver) {
  Story story;
  GivenAnnAndFifty(story);
  const auto hold = story.When(Hold("ann", 10 * kUnit), kDecide).ThenReplied<CreditHold>();
  CaptureHoldRequest capture;
  capture.set_name(hold.name());
  *capture.mutable_amount() = Usd(10 * kUnit + 1);
  story.When(capture, kDecide).ThenRefused(CAPTURE_BEYOND_HOLD, {{"held_micros", "10000000"}});
  VoidHoldRequest release;
  release.set_name(hold.name());
  story.When(release, kDecide).ThenOk();
  EXPECT_EQ(AccountIn(story).available().micros(), 50 * kUnit);
  story.When(capture, kDecide).ThenRefused(CREDIT_HOLD_NOT_FOUND);
  story.When(release, kDecide).ThenRefused(CREDIT_HOLD_NOT_FOUND);
}

TEST(VoidHold, ForfeitsWhatCameFromALotThatHasExpired) {
  Story story;
  GivenAnnAndFifty(story);
  story.Wait(Duration::Days(365) - Duration::Minutes(30));
  story.When(Hold("ann", 10 * kUnit), kDecide).ThenOk().Wait(Duration::Minutes(30));
  EXPECT_EQ(AccountIn(story).expired().micros(), 40 * kUnit) << "what is held stays";
  story.Wait(Duration::Minutes(30));
  EXPECT_EQ(AccountIn(story).expired().micros(), 50 * kUnit);
  EXPECT_EQ(AccountIn(story).held().micros(), 0);
}

// A dry run shows the rules in the order in which they are checked: it is that of the enum.
void ExpectEnumOrder(const Story& story) {
  ASSERT_FALSE(story.trace().empty());
  int last = 0;
  for (const RuleTrace& rule : story.trace()) {
    if (rule.rejection.reason == "ETAG_MISMATCH") continue;  // common to all slices
    BillingRefusal value = BILLING_REFUSAL_UNSPECIFIED;
    ASSERT_TRUE(BillingRefusal_Parse(rule.rejection.reason, &value)) << rule.rejection.reason;
    EXPECT_GE(static_cast<int>(value), last) << rule.rejection.reason << " comes too late";
    last = value;
  }
}

TEST(BillingRefusals, AreCheckedInTheOrderOfTheirEnum) {
  Story story;
  GivenAnnAndFifty(story);
  const auto hold = story.When(Hold("ann", kUnit), kDecide).ThenReplied<CreditHold>();
  const auto payment = story.When(testing::Fund(50), kDecide).ThenReplied<Payment>();
  story.When(testing::RegisterSource(), kDecide).ThenOk();
  CaptureHoldRequest capture;
  capture.set_name(hold.name());
  ExpectEnumOrder(story.DryRun().When(testing::Fund(1), kDecide));
  ExpectEnumOrder(story.DryRun().When(testing::Complete(payment.name()), kDecide));
  ExpectEnumOrder(story.DryRun().When(testing::AutoRechargeAt(1, 1), kDecide));
  ExpectEnumOrder(story.DryRun().When(Hold("bob", 99 * kUnit), kDecide));
  ExpectEnumOrder(story.DryRun().When(capture, kDecide));
  ExpectEnumOrder(story.DryRun().When(Consume("zoe", -1), kDecide));
  ExpectEnumOrder(story.DryRun().When(ConsumeCall("zoe", "+9995550100", 1), kDecide));
  ExpectEnumOrder(story.DryRun().When(testing::RegisterSource(), kDecide));
  ExpectEnumOrder(story.DryRun().When(testing::Batch(600, {}), kDecide));
}

TEST(BillingRefusals, OfTwoBrokenRulesTheEarlierAnswers) {
  Story story;
  GivenAnnAndFifty(story);
  story.When(Consume("zoe", 99 * kUnit), kDecide).ThenRefused(CREDIT_USER_NOT_FOUND);
  story.When(Consume("bob", 99 * kUnit), kDecide).ThenRefused(USER_WITHOUT_CREDITS_LICENSE);
  story.When(ConsumeCall("zoe", "+99955501001", 1), kDecide).ThenRefused(CREDIT_USER_NOT_FOUND);
  story.When(Hold("bob", 0), kDecide).ThenRefused(USER_WITHOUT_CREDITS_LICENSE);
}

}  // namespace
}  // namespace dialtone::billing
