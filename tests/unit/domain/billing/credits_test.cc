#include "tests/support/credits.h"

#include <gtest/gtest.h>

#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/months.h"
#include "controlplane/domain/billing/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using testing::AutoRechargeAt;
using testing::Complete;
using testing::Consume;
using testing::Fund;
using testing::Funded;
using testing::kUnit;
using testing::Licensed;
using testing::Story;
using testing::Usd;
using testing::Users;

const CreditAccount& AccountIn(const Story& story) {
  return story.organization().billing.account.get();
}

void GivenAnn(Story& story) {
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}));
}

TEST(FundCredits, BringsNothingBeforeTheProviderHasAccepted) {
  Story story;
  const auto payment = story.When(Fund(50), kDecide).ThenReplied<Payment>();
  EXPECT_EQ(payment.state(), Payment::PENDING);
  EXPECT_FALSE(HasFunds(story.organization().billing));
  EXPECT_FALSE(HasCreditsAccount(story.organization().billing));
  const auto accepted = story.When(Complete(payment.name()), kDecide).ThenReplied<Payment>();
  EXPECT_EQ(accepted.lot(), "organizations/contoso/lots/1");
  EXPECT_TRUE(HasFunds(story.organization().billing));
  EXPECT_EQ(Available(story.organization().billing).text(), "50.00 USD");
}

TEST(FundCredits, IsRefusedBelowTheMinimum) {
  Story story;
  auto request = Fund(50);
  request.mutable_amount()->set_micros(50 * kUnit - 1);
  story.When(request, kDecide).ThenRefused(FUNDING_BELOW_MINIMUM, {{"minimum", "50.00 USD"}});
}

TEST(FundCredits, IsRefusedForMoreThanSumsCanHold) {
  Story story;
  auto request = Fund(50);
  request.mutable_amount()->set_micros(INT64_MAX);
  story.When(request, kDecide).ThenRefused(CREDITS_AMOUNT_INVALID);
}

TEST(FundCredits, IsRefusedInAnotherCurrency) {
  Story story;
  auto request = Fund(100);
  request.mutable_amount()->set_currency_code("EUR");
  story.When(request, kDecide).ThenRefused(CREDITS_OF_OTHER_CURRENCY, {{"currency", "USD"}});
}

TEST(FundCredits, IsRefusedWhereCreditsAreNotSold) {
  Story story;
  auto created = testing::OrganizationCreated("contoso");
  created.mutable_organization()->set_country("AQ");
  story.Given(created)
      .When(Fund(50), kDecide)
      .ThenRefused(ORGANIZATION_WITHOUT_CREDITS, {{"code", "580462"}});
}

TEST(CompletePayment, CountsTheSameAnswerOnce) {
  Story story;
  const auto payment = Funded(story, 50);
  story.When(Complete(payment.name()), kDecide).ThenOk();
  EXPECT_TRUE(story.events().empty());
  EXPECT_EQ(AccountIn(story).available().micros(), 50 * kUnit);
}

TEST(CompletePayment, IsRefusedWithAnotherAnswer) {
  Story story;
  const auto payment = Funded(story, 50);
  story.When(Complete(payment.name(), CompletePaymentRequest::DECLINED), kDecide)
      .ThenRefused(PAYMENT_COMPLETED, {{"state", "ACCEPTED"}, {"reference", "ref-1"}});
  story.When(Complete(payment.name(), CompletePaymentRequest::ACCEPTED, "ref-2"), kDecide)
      .ThenRefused(PAYMENT_COMPLETED);
}

TEST(CompletePayment, IsRefusedForAnUnknownPayment) {
  Story story;
  story.When(Complete("organizations/contoso/payments/p9"), kDecide).ThenRefused(PAYMENT_NOT_FOUND);
}

TEST(Lots, PayInTheOrderOfTheirPurchase) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  Funded(story, 60);
  story.When(Consume("ann", 55 * kUnit), kDecide).ThenOk();
  const State& state = story.organization().billing;
  EXPECT_EQ(state.lots.Find(1)->remaining().micros(), 0);
  EXPECT_EQ(state.lots.Find(2)->remaining().micros(), 55 * kUnit);
}

TEST(Lots, ForfeitWhatIsLeftAfterTwelveMonths) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.Wait(Duration::Days(100));
  Funded(story, 60);
  story.When(Consume("ann", 20 * kUnit), kDecide).ThenOk().Wait(Duration::Days(264));
  EXPECT_EQ(AccountIn(story).available().micros(), 90 * kUnit) << "the last day of the year";
  story.Wait(Duration::Days(1));
  EXPECT_EQ(AccountIn(story).expired().micros(), 30 * kUnit);
  EXPECT_EQ(AccountIn(story).available().micros(), 60 * kUnit);
  EXPECT_FALSE(story.organization().billing.lots.Has(1));
}

TEST(Months, EndOnTheLastDayOfAShorterMonth) {
  const Timestamp leap_day = Timestamp::Micros(1'582'934'400'000'000);  // 29 February 2020, 00:00
  EXPECT_EQ(AddMonths(leap_day, 12), leap_day + Duration::Days(365)) << "28 February 2021";
  EXPECT_EQ(AddMonths(leap_day + Duration::Hours(3), 1),
            leap_day + Duration::Days(29) + Duration::Hours(3));
  EXPECT_EQ(ToText(MonthOf(leap_day)), "2020-02");
}

TEST(AutoRecharge, AsksOnceForEachTimeThatTheBalanceIsLow) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.When(AutoRechargeAt(10, 50), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 0);
  story.When(Consume("ann", 41 * kUnit), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 1);
  story.When(Consume("ann", 5 * kUnit), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 0) << "one is on its way";
  story.When(Complete(AccountIn(story).recharge_payment()), kDecide).ThenOk();
  EXPECT_EQ(AccountIn(story).available().micros(), 54 * kUnit);
  EXPECT_TRUE(AccountIn(story).recharge_payment().empty());
}

TEST(AutoRecharge, LooksAgainWhenItIsBooked) {
  Story story;
  story.When(AutoRechargeAt(80, 50), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 1) << "nothing is below 80";
  story.When(Complete(AccountIn(story).recharge_payment()), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 1) << "50 is too";
  story.When(Complete(AccountIn(story).recharge_payment()), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 0);
}

TEST(AutoRecharge, RestsAfterThreeFailuresUntilItIsSetAgain) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.When(AutoRechargeAt(50, 50), kDecide).ThenOk();
  for (int failure = 1; failure <= 3; ++failure) {
    story.When(Consume("ann", kUnit), kDecide).ThenOk();
    ASSERT_EQ(story.Count<PaymentRequested>(), 1) << "attempt " << failure;
    const std::string payment = AccountIn(story).recharge_payment();
    story.When(Complete(payment, CompletePaymentRequest::DECLINED), kDecide).ThenOk();
  }
  story.When(Consume("ann", kUnit), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 0);
  story.When(AutoRechargeAt(50, 50), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 1);
}

TEST(AutoRecharge, StaysBelowItsMonthlyCap) {
  Story story;
  GivenAnn(story);
  auto request = AutoRechargeAt(1'000, 50);
  *request.mutable_auto_recharge()->mutable_monthly_max() = Usd(100 * kUnit);
  story.When(request, kDecide).ThenOk();
  for (int i = 0; i < 2; ++i) {
    story.When(Complete(AccountIn(story).recharge_payment()), kDecide).ThenOk();
  }
  EXPECT_TRUE(AccountIn(story).recharge_payment().empty()) << "100 of 100 in December";
  story.Wait(Duration::Days(31)).When(Consume("ann", kUnit), kDecide).ThenOk();
  EXPECT_EQ(story.Count<PaymentRequested>(), 1) << "January has its own";
}

TEST(SetAutoRecharge, IsRefusedWithAnOldEtag) {
  Story story;
  story.When(AutoRechargeAt(10, 50), kDecide).ThenOk();
  auto request = AutoRechargeAt(20, 50);
  request.set_etag("e0");
  story.When(request, kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
}

TEST(SetAutoRecharge, IsRefusedForLessThanTheMinimum) {
  Story story;
  story.When(AutoRechargeAt(10, 49), kDecide).ThenRefused(FUNDING_BELOW_MINIMUM);
  story.When(AutoRechargeAt(0, 50), kDecide).ThenRefused(CREDITS_AMOUNT_INVALID);
}

}  // namespace
}  // namespace dialtone::billing
