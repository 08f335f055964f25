#include "controlplane/domain/billing/payments.h"

#include <utility>

#include "controlplane/domain/billing/recharge.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

namespace {

struct PaymentTag {
  static constexpr const char* kPrefix = "p";
};

}  // namespace

Payment NewPayment(const type::v1::Money& amount, Payment::Purpose purpose,
                   const CreditAccount& account, Context& context) {
  Payment payment;
  payment.set_name(OrganizationOf(account.name()).key.text() + "/payments/" +
                   context.NewId<PaymentTag>().text());
  *payment.mutable_amount() = amount;
  payment.set_state(Payment::PENDING);
  payment.set_purpose(purpose);
  *payment.mutable_create_time() = ToProto(context.now());
  *payment.mutable_expire_time() =
      ToProto(context.now() + FromProto(context.policy().credits().payment_ttl()));
  return payment;
}

Payment Settled(Payment payment, Payment::State state, const Context& context) {
  payment.set_state(state);
  *payment.mutable_complete_time() = ToProto(context.now());
  *payment.mutable_forget_time() =
      ToProto(context.now() + FromProto(context.policy().credits().payment_retention()));
  return payment;
}

std::int64_t RoomForFunds(const State& state, const Context& context) {
  return context.policy().credits().funded_max().micros() - state.account.get().funded().micros() -
         state.waiting_micros;
}

Decision<Nothing> End(const Payment& payment, const State& state, const Context& context) {
  if (payment.state() != Payment::PENDING) {
    PaymentForgotten forgotten;
    forgotten.set_payment(payment.name());
    return Done(std::move(forgotten));
  }
  PaymentExpired expired;
  *expired.mutable_payment() = Settled(payment, Payment::EXPIRED, context);
  *expired.mutable_account() = state.account.get();
  SettleRecharge(*expired.mutable_account(), expired.payment());
  return Done(std::move(expired));
}

}  // namespace dialtone::billing
