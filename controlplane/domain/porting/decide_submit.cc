// From the submission of a port order to the answers of the blocks that have its numbers.
#include <set>
#include <string>
#include <utility>

#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/require.h"
#include "controlplane/domain/porting/submission.h"

namespace dialtone::porting {

namespace {

E164 Parsed(const PortNumber& number) { return *E164::Parse(number.e164()); }

PortOrder InError(PortOrder order, const Rejection& why) {
  order.set_state(PortOrder::ERROR);
  order.clear_forecast_date();
  PortSetback& setback = *order.mutable_setback();
  setback.Clear();
  setback.set_reason(why.reason);
  for (const Fact& fact : why.facts) {
    PortSetbackFact& told = *setback.add_facts();
    told.set_name(fact.name);
    told.set_value(fact.value);
  }
  return order;
}

// `otherwise`: what it is if a block has not all the numbers.
PortHoldRequested AskBlocks(const PortOrder& order, PortOrder::State otherwise, Context& context) {
  PortHoldRequested event;
  PortOrder& asked = *event.mutable_port_order();
  asked = order;
  asked.set_state(PortOrder::SUBMITTING);
  asked.clear_transfer_time();
  asked.clear_lock_time();
  StopAnswerClock(asked);
  std::set<std::uint64_t> blocks;
  for (PortNumber& number : *asked.mutable_numbers()) {
    number.set_state(PortNumber::WAITING);
    number.clear_rejection();
    blocks.insert(Parsed(number).block());
  }
  PendingPort& pending = *event.mutable_pending();
  pending.set_port_order(order.name());
  pending.set_request_id(context.request_id().bytes());
  pending.set_blocks_waiting(static_cast<std::uint32_t>(blocks.size()));
  pending.set_otherwise(otherwise);
  return event;
}

// `action` tells a first submission from one after an error.
Verdict<PortOrder> Submit(const std::string& name, PortAction action,
                          const Organization& organization, Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(name);
  if (order == nullptr) return NoOrder(name);
  const Line line = LineOf(*order, organization.porting);

  Rules rules = context.rules();
  RequireAllowed(rules, *order, action, context.now());
  RequireReady(rules, *order, organization, context);
  RequireAccountLeft(rules, *order, SiblingsOf(*order, organization.porting));
  RequireRoomInLine(rules, line, context.policy());
  if (!rules) return rules.refusal();

  if (line.empty())
    return Pending(AskBlocks(Behind(line, *order, context), order->state(), context));
  auto [reply, event] = ChangeTo<PortOrderQueued>(Queued(line, *order, context), context);
  ShowPlace(reply, organization.porting);
  return Replied(std::move(reply), std::move(event));
}

// The pending submission with what this block has put aside, and what it has not.
PendingPort With(const PendingPort& before, const PortOrder& order, const SettlePortHold& settled) {
  PendingPort pending = before;
  const std::set<std::string> held(settled.numbers().begin(), settled.numbers().end());
  for (const PortNumber& number : order.numbers()) {
    if (Parsed(number).block() != settled.block()) continue;
    *(held.contains(number.e164()) ? pending.add_held() : pending.add_missing()) = number.e164();
  }
  return pending;
}

PortBlockAnswered Note(const PendingPort& before, const PendingPort& after) {
  PortBlockAnswered event;
  event.set_port_order(after.port_order());
  for (int i = before.held_size(); i < after.held_size(); ++i) event.add_held(after.held(i));
  for (int i = before.missing_size(); i < after.missing_size(); ++i)
    event.add_missing(after.missing(i));
  return event;
}

}  // namespace

Verdict<PortOrder> Decide(const SubmitPortOrderRequest& request, const Organization& organization,
                          Context& context) {
  return Submit(request.name(), SUBMIT, organization, context);
}

// The losing carrier's time to answer starts again: domain.md 4.4.
Verdict<PortOrder> Decide(const ResubmitPortOrderRequest& request, const Organization& organization,
                          Context& context) {
  return Submit(request.name(), RESUBMIT, organization, context);
}

// No order stands ahead any more. Time has passed: a day that cannot be kept any more moves on to
// the earliest that can. All rules are looked at again, and an order that breaks one is not lost
// but in error, where it can be corrected.
Verdict<Nothing> Decide(const TakeTurn& due, const Organization& organization, Context& context) {
  PortOrder order = *organization.porting.orders.Find(due.port_order());
  const auto earliest = EarliestDay(order, context.policy(), context.now());
  const auto asked = policy::ParseDay(order.requested_date());
  if (asked && *asked < earliest) order.set_requested_date(policy::ToText(earliest));

  Rules rules = context.rules();
  RequireReady(rules, order, organization, context);
  RequireAccountLeft(rules, order, SiblingsOf(order, organization.porting));
  if (!rules) {
    const Rejection why = rules.refusal().value();
    return Done(ChangeTo<PortOrderSetBack>(InError(order, why), context).second);
  }

  Forecast(order, context.policy(), context.now());
  return Done(AskBlocks(order, PortOrder::ERROR, context));
}

// A block has answered; the last one decides. What nobody waits for any more goes back.
Verdict<Nothing> Decide(const SettlePortHold& settled, const Organization& organization,
                        Context& context) {
  const PendingPort* const before = organization.porting.pending.Find(settled.port_order());
  if (before == nullptr) {
    PortNumbersReturned returned;
    returned.set_port_order(settled.port_order());
    *returned.mutable_returned() = settled.numbers();
    return Done(std::move(returned));
  }
  PortOrder order = *organization.porting.orders.Find(settled.port_order());
  const PendingPort pending = With(*before, order, settled);
  if (pending.blocks_waiting() > 1) return Done(Note(*before, pending));
  const RequestId request(pending.request_id());
  if (pending.missing().empty()) {
    order.set_state(PortOrder::PROCESSING);
    order.clear_rejection();
    order.clear_setback();
    *order.mutable_submit_time() = ToProto(context.now());
    auto [reply, event] = ChangeTo<PortOrderSubmitted>(std::move(order), context);
    if (request.empty()) return Done(std::move(event));
    return Answered(request, reply, std::move(event));
  }
  const Rejection why = Reject(NUMBER_ALREADY_HELD, Named{"number", pending.missing(0)},
                               Named{"numbers", pending.missing_size()});
  if (request.empty()) order = InError(std::move(order), why);
  order.set_state(pending.otherwise());
  order.clear_forecast_date();
  auto [reply, event] = ChangeTo<PortHoldFailed>(std::move(order), context);
  *event.mutable_returned() = pending.held();
  if (request.empty()) return Done(std::move(event));
  return Refused(request, why, std::move(event));
}

}  // namespace dialtone::porting
