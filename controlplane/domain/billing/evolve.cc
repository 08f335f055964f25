#include "controlplane/domain/billing/evolve.h"

#include <algorithm>
#include <string>

#include "controlplane/domain/billing/bookkeeping.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/kernel/unknown_event.h"

namespace dialtone::billing {

namespace {

using Parts = google::protobuf::RepeatedPtrField<LotPart>;

void AddTo(Lot& lot, std::int64_t micros) {
  auto& remaining = *lot.mutable_remaining();
  remaining.set_micros(remaining.micros() + micros);
}

// Lots behind which nothing is left are not looked at again.
void SkipUsedUp(State& state) {
  auto lot = state.lots.From(state.open_from);
  while (lot != state.lots.end() && lot->second.remaining().micros() == 0) ++lot;
  state.open_from =
      lot == state.lots.end() ? state.account.get().lots_booked() + 1 : lot->second.number();
}

void Take(State& state, const Parts& parts) {
  for (const LotPart& part : parts) AddTo(state.lots.Put(part.lot()), -part.micros());
  SkipUsedUp(state);
}

void GiveBack(State& state, const Parts& parts) {
  for (const LotPart& part : parts) {
    AddTo(state.lots.Put(part.lot()), part.micros());
    state.open_from = std::min(state.open_from, part.lot());
  }
}

enum class Step : std::int8_t { kOut = -1, kIn = 1 };

// What is derived from a payment, when it comes in or goes out.
void Index(State& state, const Payment& payment, Step step) {
  const bool waits = payment.state() == Payment::PENDING;
  if (waits) {
    step == Step::kIn ? ++state.waiting_payments : --state.waiting_payments;
    state.waiting_micros += static_cast<int>(step) * payment.amount().micros();
  }
  if (step == Step::kOut) return state.deadlines.Clear(payment.name());
  state.deadlines.Set(payment.name(),
                      FromProto(waits ? payment.expire_time() : payment.forget_time()));
}

void Keep(State& state, const Payment& payment) {
  if (const Payment* const before = state.payments.Find(payment.name()))
    Index(state, *before, Step::kOut);
  state.payments.Put(payment.name()) = payment;
  Index(state, payment, Step::kIn);
}

void Apply(State& state, const PaymentRequested& event, Moment) {
  Keep(state, event.payment());
  state.account.Put() = event.account();
}

void Apply(State& state, const PaymentDeclined& event, Moment) {
  Keep(state, event.payment());
  state.account.Put() = event.account();
}

void Apply(State& state, const PaymentExpired& event, Moment) {
  Keep(state, event.payment());
  state.account.Put() = event.account();
}

void Apply(State& state, const PaymentForgotten& event, Moment) {
  Index(state, *state.payments.Find(event.payment()), Step::kOut);
  state.payments.Erase(event.payment());
}

void Apply(State& state, const CreditsFunded& event, Moment) {
  Keep(state, event.payment());
  state.account.Put() = event.account();
  state.lots.Put(event.lot().number()) = event.lot();
  state.deadlines.Set(event.lot().name(), FromProto(event.lot().expire_time()));
  SkipUsedUp(state);
}

void Apply(State& state, const AutoRechargeSet& event, Moment) {
  state.account.Put() = event.account();
}

void Apply(State& state, const CreditsHeld& event, Moment) {
  Set(state.account.Put(), event.balances());
  state.holds.Put(event.hold().name()) = event.hold();
  state.deadlines.Set(event.hold().name(), FromProto(event.hold().expire_time()));
  Take(state, event.hold().parts());
}

void Apply(State& state, const CreditHoldEnded& event, Moment) {
  Set(state.account.Put(), event.balances());
  state.holds.Erase(event.hold().name());
  state.deadlines.Clear(event.hold().name());
  GiveBack(state, event.returned());
}

void Apply(State& state, const CreditsConsumed& event, Moment) {
  if (event.has_balances()) Set(state.account.Put(), event.balances());
  Take(state, event.parts());
}

void Apply(State& state, const LotExpired& event, Moment) {
  Set(state.account.Put(), event.balances());
  state.lots.Erase(event.lot().number());
  state.deadlines.Clear(event.lot().name());
  SkipUsedUp(state);
}

void Apply(State& state, const UsageSourceRegistered& event, Moment) {
  state.sources.Put(event.source().name()) = event.source();
}

void Apply(State& state, const UsageRecorded& event, Moment) {
  state.sources.Put(event.source().name()) = event.source();
  for (const MinutePool& pool : event.pools()) state.pools.Put(pool.name()) = pool;
  if (event.has_balances()) Set(state.account.Put(), event.balances());
  Take(state, event.parts());
}

void Apply(State& state, const UsageSkipped& event, Moment) {
  state.sources.Put(event.source().name()) = event.source();
}

}  // namespace

void State::Derive() {
  open_from = 1;
  SkipUsedUp(*this);
  deadlines.ClearAll();
  for (const auto& [number, lot] : lots) deadlines.Set(lot.name(), FromProto(lot.expire_time()));
  for (const auto& [name, hold] : holds) deadlines.Set(name, FromProto(hold.expire_time()));
  waiting_payments = 0;
  waiting_micros = 0;
  for (const auto& [name, payment] : payments) Index(*this, payment, Step::kIn);
}

void Evolve(State& state, const BillingEvent& event, Moment at) {
  switch (event.event_case()) {
    case BillingEvent::kPaymentRequested:
      return Apply(state, event.payment_requested(), at);
    case BillingEvent::kPaymentDeclined:
      return Apply(state, event.payment_declined(), at);
    case BillingEvent::kCreditsFunded:
      return Apply(state, event.credits_funded(), at);
    case BillingEvent::kAutoRechargeSet:
      return Apply(state, event.auto_recharge_set(), at);
    case BillingEvent::kCreditsHeld:
      return Apply(state, event.credits_held(), at);
    case BillingEvent::kCreditHoldEnded:
      return Apply(state, event.credit_hold_ended(), at);
    case BillingEvent::kCreditsConsumed:
      return Apply(state, event.credits_consumed(), at);
    case BillingEvent::kLotExpired:
      return Apply(state, event.lot_expired(), at);
    case BillingEvent::kUsageSourceRegistered:
      return Apply(state, event.usage_source_registered(), at);
    case BillingEvent::kUsageRecorded:
      return Apply(state, event.usage_recorded(), at);
    case BillingEvent::kUsageSkipped:
      return Apply(state, event.usage_skipped(), at);
    case BillingEvent::kPaymentExpired:
      return Apply(state, event.payment_expired(), at);
    case BillingEvent::kPaymentForgotten:
      return Apply(state, event.payment_forgotten(), at);
    case BillingEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::billing
