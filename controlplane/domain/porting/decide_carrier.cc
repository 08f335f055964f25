// What the carrier says about a port order, and what time does to it.
#include <algorithm>
#include <string>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/require.h"

namespace dialtone::porting {

namespace {

tl::unexpected<Rejection> NoNumber(const std::string& e164) {
  return tl::unexpected(Reject(NUMBER_NOT_IN_ORDER, Named{"number", e164}));
}

bool Has(const PortOrder& order, PortNumber::State state) {
  return std::any_of(order.numbers().begin(), order.numbers().end(),
                     [&](const PortNumber& number) { return number.state() == state; });
}

// With the number settled: an order whose last number that was is at its end.
PortOrder With(PortOrder order, int index, PortNumber::State settled, Context& context) {
  order.set_etag(NewEtag(context));
  order.mutable_numbers(index)->set_state(settled);
  const bool any_moved = Has(order, PortNumber::TRANSFERRED);
  order.set_state(Has(order, PortNumber::WAITING) ? PortOrder::TRANSFER_PENDING
                  : any_moved                     ? PortOrder::COMPLETED
                                                  : PortOrder::ERROR);
  return order;
}

Rules& RequireSettleable(Rules& rules, const PortOrder& order, int index, Timestamp now) {
  const PortNumber& number = order.numbers(index);
  return RequireAllowed(rules, order, SETTLE_NUMBER, now)
      .Require(number.state() == PortNumber::WAITING, NUMBER_ALREADY_SETTLED,
               Named{"number", number.e164()}, Named{"state", number.state()});
}

}  // namespace

Verdict<PortOrder> Decide(const AcceptOrderRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), order->etag());
  RequireAllowed(rules, *order, ACCEPT, context.now());
  if (!rules) return rules.refusal();

  PortOrder accepted = *order;
  accepted.set_state(PortOrder::CONTACTING_CARRIER);
  StartAnswerClock(accepted, context.policy(), context.now());
  return Changed<PortOrderAccepted>(std::move(accepted), context);
}

// In the last 24 hours before the transfer nothing can be changed: domain.md 4.4.
Verdict<PortOrder> Decide(const ConfirmFirmOrderCommitmentRequest& request,
                          const Organization& organization, Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());
  const Timestamp transfer = FromProto(request.transfer_time());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), order->etag());
  RequireAllowed(rules, *order, CONFIRM, context.now())
      .Require(transfer > context.now(), TRANSFER_TIME_PAST,
               Named{"seconds_ago", (context.now() - transfer).micros() / 1'000'000});
  if (!rules) return rules.refusal();

  PortOrder confirmed = *order;
  confirmed.set_state(PortOrder::TRANSFER_APPROVED);
  StopAnswerClock(confirmed);
  confirmed.set_forecast_date(policy::ToText(policy::DayOf(transfer)));
  *confirmed.mutable_transfer_time() = request.transfer_time();
  *confirmed.mutable_lock_time() = ToProto(transfer - FromProto(context.policy().porting().lock()));
  return Changed<FirmOrderCommitmentConfirmed>(std::move(confirmed), context);
}

// Nothing follows by itself: whoever runs the service asks the losing carrier. The etag stays: an
// answer that is on its way is still to this order.
Verdict<Nothing> Decide(const EscalateOrder& due, const Organization& organization, Context&) {
  PortOrder overdue = *organization.porting.orders.Find(due.port_order());
  *overdue.mutable_overdue_time() = overdue.escalate_time();
  overdue.clear_escalate_time();
  overdue.clear_numbers();
  PortEscalated escalated;
  *escalated.mutable_port_order() = std::move(overdue);
  return Done(std::move(escalated));
}

// The commitment holds, whatever the losing carrier did not answer.
Verdict<Nothing> Decide(const LockTransfer& due, const Organization& organization,
                        Context& context) {
  PortOrder locked = *organization.porting.orders.Find(due.port_order());
  locked.set_state(PortOrder::TRANSFER_PENDING);
  StopAnswerClock(locked);
  return Done(ChangeTo<TransferLocked>(std::move(locked), context).second);
}

// Also after it was approved: a commitment can be taken back, domain.md 4.3.
Verdict<PortOrder> Decide(const RejectOrderRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());

  Rules rules = context.rules();
  RequireEtag(rules, request.etag(), order->etag());
  RequireAllowed(rules, *order, REJECT, context.now());
  if (!rules) return rules.refusal();

  PortOrder rejected = *order;
  rejected.set_state(PortOrder::ERROR);
  rejected.set_rejection(request.rejection());
  StopAnswerClock(rejected);
  rejected.clear_forecast_date();
  auto [reply, event] = ChangeTo<PortOrderRejected>(std::move(rejected), context);
  for (const std::string& number : WaitingNumbers(*order)) event.add_returned(number);
  return Replied(std::move(reply), std::move(event));
}

Verdict<PortOrder> Decide(const CompleteNumberRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());
  const int index = IndexOf(*order, request.e164());
  if (index < 0) return NoNumber(request.e164());

  Rules rules = context.rules();
  RequireSettleable(rules, *order, index, context.now());
  if (!rules) return rules.refusal();

  PortOrder settled = With(*order, index, PortNumber::TRANSFERRED, context);
  NumberTransferred transferred;
  transferred.set_port_order(order->name());
  transferred.set_e164(request.e164());
  transferred.set_state(settled.state());
  transferred.set_etag(settled.etag());
  inventory::NumbersPortedIn ported;
  *ported.add_numbers() = inventory::PortedNumber(
      organization.organizations.organization.get().name(), *E164::Parse(request.e164()),
      TypeAfterwards(order->type()), order->name(), context.policy(), context.now());
  return Replied(Shown(std::move(settled)), std::move(transferred), std::move(ported));
}

Verdict<PortOrder> Decide(const FailNumberRequest& request, const Organization& organization,
                          Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(request.name());
  if (order == nullptr) return NoOrder(request.name());
  const int index = IndexOf(*order, request.e164());
  if (index < 0) return NoNumber(request.e164());

  Rules rules = context.rules();
  RequireSettleable(rules, *order, index, context.now());
  if (!rules) return rules.refusal();

  PortOrder settled = With(*order, index, PortNumber::FAILED, context);
  settled.mutable_numbers(index)->set_rejection(request.rejection());
  if (settled.state() == PortOrder::ERROR) settled.set_rejection(request.rejection());
  NumberTransferFailed failed;
  failed.set_port_order(order->name());
  failed.set_e164(request.e164());
  failed.set_rejection(request.rejection());
  failed.set_state(settled.state());
  failed.set_etag(settled.etag());
  return Replied(Shown(std::move(settled)), std::move(failed));
}

}  // namespace dialtone::porting
