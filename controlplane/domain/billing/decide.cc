#include "controlplane/domain/billing/decide.h"

#include <string>
#include <utility>

#include "controlplane/domain/billing/bookkeeping.h"
#include "controlplane/domain/billing/credits.h"
#include "controlplane/domain/billing/months.h"
#include "controlplane/domain/billing/payments.h"
#include "controlplane/domain/billing/recharge.h"
#include "controlplane/domain/billing/rules.h"
#include "controlplane/kernel/etag.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

namespace {

Lot NewLot(const Payment& payment, const CreditAccount& account, Context& context) {
  Lot lot;
  lot.set_number(account.lots_booked() + 1);
  lot.set_name(OrganizationOf(account.name()).key.text() + "/lots/" + std::to_string(lot.number()));
  *lot.mutable_amount() = payment.amount();
  *lot.mutable_remaining() = payment.amount();
  lot.set_payment(payment.name());
  *lot.mutable_purchase_time() = ToProto(context.now());
  *lot.mutable_expire_time() =
      ToProto(AddMonths(context.now(), context.policy().credits().lot_months()));
  return lot;
}

// The provider has the money: a lot is booked.
Decision<Payment> Accept(Payment payment, const Organization& organization, Context& context) {
  CreditAccount fresh;
  CreditAccount account = AccountOf(organization, fresh);
  CreditsFunded funded;
  *funded.mutable_lot() = NewLot(payment, account, context);
  payment.set_lot(funded.lot().name());
  *funded.mutable_payment() = payment;
  account.set_lots_booked(funded.lot().number());
  SettleRecharge(account, payment);
  Bookkeeping books(account);
  books.Move(ACCOUNT_CASH, ACCOUNT_CREDITS, payment.amount().micros());
  *funded.mutable_account() = books.After();
  books.WritePostings(*funded.mutable_postings());
  return Recharged(Replied(std::move(payment), std::move(funded)), organization, books, context);
}

Decision<Payment> Decline(Payment payment, CreditAccount account) {
  SettleRecharge(account, payment);
  PaymentDeclined declined;
  *declined.mutable_payment() = payment;
  *declined.mutable_account() = std::move(account);
  return Replied(std::move(payment), std::move(declined));
}

Payment With(Payment payment, const CompletePaymentRequest& answer, Context& context) {
  const bool is_accepted = answer.result() == CompletePaymentRequest::ACCEPTED;
  payment.set_reference(answer.reference());
  if (!is_accepted) payment.set_decline_reason(answer.decline_reason());
  return Settled(std::move(payment), is_accepted ? Payment::ACCEPTED : Payment::DECLINED, context);
}

// The rules of an amount that is bought, once it is known to fit: of the right currency, and not
// too small.
Rules& RequirePurchase(Rules& rules, const type::v1::Money& amount, const CreditAccount& account,
                       const Context& context) {
  const Money least = context.policy().FundingMinAt(context.now());
  return rules
      .Require(IsOwnCurrency(amount, account, context), CREDITS_OF_OTHER_CURRENCY,
               Named{"currency", account.currency_code()},
               Named{"sold_in", context.policy().rating().currency_code()})
      .Require(amount.micros() >= least.micros(), FUNDING_BELOW_MINIMUM, Named{"minimum", least});
}

bool AreAboveZero(const AutoRecharge& recharge) {
  return recharge.trigger().micros() > 0 && recharge.amount().micros() > 0 &&
         recharge.monthly_max().micros() >= 0;
}

bool AreOwnCurrency(const AutoRecharge& recharge, const CreditAccount& account,
                    const Context& context) {
  return IsOwnCurrency(recharge.trigger(), account, context) &&
         (!recharge.has_monthly_max() || IsOwnCurrency(recharge.monthly_max(), account, context));
}

}  // namespace

// 50 at least: domain.md 9. The money is there when the provider says so.
Verdict<Payment> Decide(const FundCreditsRequest& request, const Organization& organization,
                        Context& context) {
  CreditAccount fresh;
  const CreditAccount& account = AccountOf(organization, fresh);
  const std::int64_t room = RoomForFunds(organization.billing, context);
  const auto waiting = PendingPayments(organization.billing);
  const auto waiting_max = context.policy().credits().payments_waiting_max();
  const auto max = FromProto(context.policy().credits().purchase_max());

  Rules rules = context.rules();
  rules
      .Require(AreCreditsSold(organization, context), ORGANIZATION_WITHOUT_CREDITS,
               Named{"code", kOrganizationWithoutCredits})
      .Require(request.amount().micros() <= max.micros(), CREDITS_AMOUNT_INVALID,
               Named{"max", max});
  RequirePurchase(rules, request.amount(), account, context)
      .Require(request.amount().micros() <= room, FUNDED_TOTAL_EXCEEDED, Named{"room_micros", room},
               Named{"asked_micros", request.amount().micros()})
      .Require(waiting < waiting_max, TOO_MANY_PAYMENTS, Named{"waiting", waiting},
               Named{"max", waiting_max});
  if (!rules) return rules.refusal();

  PaymentRequested requested;
  Payment payment = NewPayment(request.amount(), Payment::FUNDING, account, context);
  payment.set_purchase_order(request.purchase_order());
  *requested.mutable_payment() = payment;
  *requested.mutable_account() = account;
  return Replied(std::move(payment), std::move(requested));
}

// The same answer twice is one answer: providers send theirs again until they are heard.
Verdict<Payment> Decide(const CompletePaymentRequest& request, const Organization& organization,
                        Context& context) {
  const Payment* const payment = organization.billing.payments.Find(request.name());
  if (payment == nullptr)
    return tl::unexpected(Reject(PAYMENT_NOT_FOUND, Named{"payment", request.name()}));
  Payment answered = With(*payment, request, context);
  const bool is_repeat =
      payment->state() == answered.state() && payment->reference() == request.reference();
  const bool is_expired = payment->state() == Payment::EXPIRED;

  Rules rules = context.rules();
  rules
      .Require(is_repeat || is_expired || payment->state() == Payment::PENDING, PAYMENT_COMPLETED,
               Named{"state", payment->state()}, Named{"reference", payment->reference()})
      .Require(!is_expired, PAYMENT_EXPIRED, Named{"payment", request.name()});
  if (!rules) return rules.refusal();

  if (is_repeat) return Replied(*payment);
  CreditAccount fresh;
  return request.result() == CompletePaymentRequest::ACCEPTED
             ? Accept(std::move(answered), organization, context)
             : Decline(std::move(answered), AccountOf(organization, fresh));
}

// Also the way to start it again after too many failures.
Verdict<CreditAccount> Decide(const SetAutoRechargeRequest& request,
                              const Organization& organization, Context& context) {
  CreditAccount fresh;
  CreditAccount account = AccountOf(organization, fresh);
  const AutoRecharge& recharge = request.auto_recharge();
  const auto max = FromProto(context.policy().credits().purchase_max());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), account.etag())
      .Require(AreCreditsSold(organization, context), ORGANIZATION_WITHOUT_CREDITS,
               Named{"code", kOrganizationWithoutCredits});
  if (recharge.enabled()) {
    rules
        .Require(AreAboveZero(recharge) && recharge.amount().micros() <= max.micros(),
                 CREDITS_AMOUNT_INVALID, Named{"max", max})
        .Require(AreOwnCurrency(recharge, account, context), CREDITS_OF_OTHER_CURRENCY,
                 Named{"currency", account.currency_code()},
                 Named{"sold_in", context.policy().rating().currency_code()});
    RequirePurchase(rules, recharge.amount(), account, context);
  }
  if (!rules) return rules.refusal();

  *account.mutable_auto_recharge() = recharge;
  account.set_recharge_failures(0);
  account.set_etag(NewEtag(context));
  AutoRechargeSet set;
  *set.mutable_account() = account;
  return Recharged(Replied(account, std::move(set)), organization, Bookkeeping(account), context);
}

}  // namespace dialtone::billing
