#include "controlplane/domain/billing/recharge.h"

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/months.h"
#include "controlplane/domain/billing/payments.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

namespace {

std::int64_t RechargedIn(const CreditAccount& account, const std::string& month) {
  return account.recharge_month() == month ? account.recharged().micros() : 0;
}

// Whatever the month and the cap.
bool IsLow(const Bookkeeping& books, const policy::Policy& policy) {
  const CreditAccount& account = books.before();
  return account.auto_recharge().enabled() && account.recharge_payment().empty() &&
         books.MicrosOf(ACCOUNT_CREDITS) < account.auto_recharge().trigger().micros() &&
         account.recharge_failures() < policy.credits().recharge_failures_max();
}

}  // namespace

// Accepting a payment leaves the room for funds as it is: what waited is funded then.
std::optional<PaymentRequested> Recharge(const Organization& organization, const Bookkeeping& books,
                                         Context& context) {
  if (!organizations::IsActive(organization.organizations) || !IsLow(books, context.policy()))
    return std::nullopt;
  const std::string month = ToText(MonthOf(context.now()));
  const AutoRecharge& recharge = books.before().auto_recharge();
  const std::int64_t recharged = RechargedIn(books.before(), month) + recharge.amount().micros();
  const bool is_above_cap =
      recharge.has_monthly_max() && recharged > recharge.monthly_max().micros();
  if (is_above_cap || recharge.amount().micros() > RoomForFunds(organization.billing, context))
    return std::nullopt;
  PaymentRequested asked;
  CreditAccount& after = *asked.mutable_account();
  after = books.After();
  *asked.mutable_payment() = NewPayment(recharge.amount(), Payment::RECHARGE, after, context);
  after.set_recharge_payment(asked.payment().name());
  *after.mutable_recharged() = recharge.amount();
  after.mutable_recharged()->set_micros(recharged);
  after.set_recharge_month(month);
  return asked;
}

// One that brought nothing does not count against the cap of its month, and one that was accepted
// ends the row of failures.
void SettleRecharge(CreditAccount& account, const Payment& payment) {
  if (account.recharge_payment() != payment.name()) return;
  account.clear_recharge_payment();
  if (payment.state() == Payment::ACCEPTED) {
    account.set_recharge_failures(0);
  } else {
    account.set_recharge_failures(account.recharge_failures() + 1);
    auto& recharged = *account.mutable_recharged();
    recharged.set_micros(recharged.micros() - payment.amount().micros());
  }
}

}  // namespace dialtone::billing
