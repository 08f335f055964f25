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

bool IsDue(const CreditAccount& account, const std::string& month, const policy::Policy& policy) {
  const AutoRecharge& recharge = account.auto_recharge();
  const bool is_waiting = !account.recharge_payment().empty();
  const bool is_low = account.available().micros() < recharge.trigger().micros();
  const std::int64_t after = RechargedIn(account, month) + recharge.amount().micros();
  return recharge.enabled() && !is_waiting && is_low &&
         account.recharge_failures() < policy.credits().recharge_failures_max() &&
         (!recharge.has_monthly_max() || after <= recharge.monthly_max().micros());
}

}  // namespace

// Accepting a payment leaves the room for funds as it is: what waited is funded then.
std::optional<PaymentRequested> Recharge(const Organization& organization,
                                         const CreditAccount& account, Context& context) {
  const std::string month = ToText(MonthOf(context.now()));
  const auto& amount = account.auto_recharge().amount();
  if (!organizations::IsActive(organization.organizations) ||
      !IsDue(account, month, context.policy()) ||
      amount.micros() > RoomForFunds(organization.billing, context))
    return std::nullopt;
  PaymentRequested asked;
  *asked.mutable_payment() = NewPayment(amount, Payment::RECHARGE, account, context);
  CreditAccount& after = *asked.mutable_account();
  after = account;
  after.set_recharge_payment(asked.payment().name());
  *after.mutable_recharged() = amount;
  after.mutable_recharged()->set_micros(RechargedIn(account, month) + amount.micros());
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
