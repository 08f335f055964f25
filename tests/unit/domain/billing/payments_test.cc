// Money that is asked of the provider: how much, how often, how long; and what of it keeps an
// organization from being deleted.
#include <gtest/gtest.h>

#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/billing/rules.h"
#include "controlplane/domain/organizations/decide.h"
#include "tests/support/credits.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::billing {
namespace {

using organizations::v1::ORGANIZATION_NOT_EMPTY;
using testing::AutoRechargeAt;
using testing::Complete;
using testing::Consume;
using testing::Fund;
using testing::Funded;
using testing::kUnit;
using testing::Licensed;
using testing::Story;
using testing::Users;

const State& StateOf(const Story& story) { return story.organization().billing; }

void GivenAnn(Story& story) {
  story.Given(Users({"ann"}), Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}));
}

// Nothing is left of it that somebody has to look after, but its money.
void TakeAnnAway(Story& story) {
  organizations::v1::UserDeleted gone;
  gone.set_user(testing::UserName("ann"));
  licensing::v1::LicensesUnassigned unassigned;
  unassigned.add_users()->set_user(testing::UserName("ann"));
  story.Given(unassigned, gone);
}

organizations::v1::DeleteOrganizationRequest DeleteContoso() {
  organizations::v1::DeleteOrganizationRequest request;
  request.set_name(std::string(testing::kContoso));
  return request;
}

Payment Asked(Story& story, std::int64_t units) {
  return story.When(Fund(units), kDecide).ThenReplied<Payment>();
}

TEST(FundCredits, IsRefusedBeyondAllThatAnAccountEverHoldsBeforeTheProviderIsAsked) {
  Story story;
  const std::int64_t most = story.policy().credits().funded_max().micros() / kUnit;
  auto booked = Funded(story, 50);
  CreditsFunded funded;
  *funded.mutable_payment() = booked;
  *funded.mutable_account() = StateOf(story).account.get();
  funded.mutable_account()->mutable_funded()->set_micros((most - 200) * kUnit);
  funded.mutable_account()->mutable_consumed()->set_micros((most - 250) * kUnit);
  *funded.mutable_lot() = *StateOf(story).lots.Find(1);
  story.Given(funded);
  Asked(story, 120);
  story.When(Fund(81), kDecide)
      .ThenRefused(FUNDED_TOTAL_EXCEEDED, {{"room_micros", std::to_string(80 * kUnit)}});
  EXPECT_EQ(story.Count<PaymentRequested>(), 0) << "what waits counts too";
  Asked(story, 80);
}

TEST(FundCredits, IsRefusedWhileTooManyPaymentsWait) {
  Story story;
  std::string last;
  for (int i = 0; i < 100; ++i) last = Asked(story, 50).name();
  story.When(Fund(50), kDecide).ThenRefused(TOO_MANY_PAYMENTS, {{"waiting", "100"}});
  story.When(Complete(last), kDecide).ThenOk().When(Fund(50), kDecide).ThenOk();
}

TEST(Payment, IsGivenUpAfterSevenDaysAndALaterAnswerBringsNothing) {
  Story story;
  const auto payment = Asked(story, 50);
  story.Wait(Duration::Days(7) - Duration::Seconds(1));
  EXPECT_EQ(PendingPayments(StateOf(story)), 1U);
  story.Wait(Duration::Seconds(1));
  EXPECT_EQ(story.Count<PaymentExpired>(), 1);
  EXPECT_EQ(PendingPayments(StateOf(story)), 0U);
  story.When(Complete(payment.name()), kDecide).ThenRefused(PAYMENT_EXPIRED);
  story.When(Complete(payment.name(), CompletePaymentRequest::DECLINED), kDecide)
      .ThenRefused(PAYMENT_EXPIRED);
  EXPECT_FALSE(HoldsCredits(StateOf(story)));
}

TEST(Payment, IsForgottenThirtyDaysAfterItsAnswer) {
  Story story;
  const auto payment = Funded(story, 50);
  story.Wait(Duration::Days(29)).When(Complete(payment.name()), kDecide).ThenOk();
  EXPECT_TRUE(story.events().empty()) << "the same answer again";
  story.Wait(Duration::Days(1));
  EXPECT_TRUE(StateOf(story).payments.empty());
  story.When(Complete(payment.name()), kDecide).ThenRefused(PAYMENT_NOT_FOUND);
  EXPECT_TRUE(HasFunds(StateOf(story))) << "what it brought stays";
}

TEST(AutoRecharge, TakesAPaymentThatExpiresForAFailure) {
  Story story;
  story.When(AutoRechargeAt(80, 50), kDecide).ThenOk().Wait(Duration::Days(7));
  const CreditAccount& account = StateOf(story).account.get();
  EXPECT_EQ(account.recharge_failures(), 1U);
  EXPECT_TRUE(account.recharge_payment().empty());
  EXPECT_EQ(account.recharged().micros(), 0) << "nothing of the month's cap";
}

TEST(AutoRecharge, WaitsWhileTheOrganizationIsSuspended) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.When(AutoRechargeAt(10, 50), kDecide).ThenOk();
  organizations::v1::SuspendOrganizationRequest suspend;
  suspend.set_name(std::string(testing::kContoso));
  story.When(suspend, organizations::kDecide).ThenOk();
  story.When(testing::ConsumeCall("ann", "911", 1), kDecide).ThenOk().Wait(Duration::Days(366));
  EXPECT_EQ(story.Count<LotExpired>(), 1);
  EXPECT_EQ(story.Count<PaymentRequested>(), 0);
}

TEST(AutoRecharge, NeverAsksForAnOrganizationThatWasDeleted) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.When(AutoRechargeAt(10, 50), kDecide).ThenOk();
  story.When(Consume("ann", 50 * kUnit), kDecide).ThenOk();
  const std::string payment = StateOf(story).account.get().recharge_payment();
  story.When(Complete(payment, CompletePaymentRequest::DECLINED), kDecide).ThenOk();
  TakeAnnAway(story);
  story.When(DeleteContoso(), organizations::kDecide).ThenOk().Wait(Duration::Days(366));
  EXPECT_EQ(story.Count<LotExpired>(), 1) << "the used-up lot";
  EXPECT_EQ(story.Count<PaymentRequested>(), 0);
}

TEST(DeleteOrganization, IsRefusedWhileAHoldHasAllCredits) {
  Story story;
  GivenAnn(story);
  Funded(story, 50);
  story.When(testing::Hold("ann", 50 * kUnit), kDecide).ThenOk();
  TakeAnnAway(story);
  story.When(DeleteContoso(), organizations::kDecide)
      .ThenRefused(ORGANIZATION_NOT_EMPTY, {{"payments", "0"}, {"funded_accounts", "1"}});
}

TEST(DeleteOrganization, IsRefusedWhileTheProviderHasNotAnsweredSoThatNoMoneyIsTakenForNothing) {
  Story story;
  const auto payment = Asked(story, 50);
  story.When(DeleteContoso(), organizations::kDecide)
      .ThenRefused(ORGANIZATION_NOT_EMPTY, {{"payments", "1"}, {"funded_accounts", "0"}});
  story.When(Complete(payment.name(), CompletePaymentRequest::DECLINED), kDecide)
      .ThenOk()
      .When(DeleteContoso(), organizations::kDecide)
      .ThenOk();
}

}  // namespace
}  // namespace dialtone::billing
