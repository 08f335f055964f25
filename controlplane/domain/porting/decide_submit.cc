// From the submission of a port order to the answers of the blocks that have its numbers.
#include <algorithm>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/require.h"

namespace dialtone::porting {

namespace {

E164 Parsed(const PortNumber& number) { return *E164::Parse(number.e164()); }

// The first field that is missing.
std::string_view MissingIn(const PortOrder& order) {
  if (!order.has_losing_account()) return "losing_account";
  if (order.extent() == PORT_EXTENT_UNSPECIFIED) return "extent";
  if (order.numbers().empty()) return "numbers";
  return order.requested_date().empty() ? "requested_date" : "";
}

// The first number that `stands` in the way; empty: none.
template <class Stands>
std::string FirstOf(const PortOrder& order, Stands stands) {
  const auto& numbers = order.numbers();
  const auto found = std::find_if(numbers.begin(), numbers.end(), stands);
  return found == numbers.end() ? "" : found->e164();
}

// What policy knows of each number: domain.md 4.1.
Rules& RequirePortable(Rules& rules, const PortOrder& order, const policy::Policy& policy,
                       Timestamp now) {
  for (const PortingRefusal reason : {PORTING_NOT_OFFERED, MOBILE_NOT_PORTED, NUMBER_NEVER_PORTED,
                                      PORTED_FROM_OTHER_COUNTRY, PORT_TYPES_MIXED}) {
    const std::string number = FirstOf(order, [&](const PortNumber& candidate) {
      return Obstacle(Parsed(candidate), order.country(), order.type(), policy, now) == reason;
    });
    rules.Require(number.empty(), reason, Named{"number", number},
                  Named{"country", order.country()}, Named{"type", order.type()});
  }
  return rules;
}

// A full port takes the billing number along; a partial one may, if another takes its place: 4.2,
// 13.
Rules& RequireBillingNumbers(Rules& rules, const PortOrder& order) {
  const LosingAccount& account = order.losing_account();
  const std::string& replacement = account.replacement_billing_number();
  const bool ported = IndexOf(order, account.billing_number()) >= 0;
  const bool replaced = !replacement.empty() && IndexOf(order, replacement) < 0;
  return rules
      .Require(ported || order.extent() != FULL, BILLING_NUMBER_NOT_PORTED,
               Named{"billing_number", account.billing_number()})
      .Require(!ported || replaced || order.extent() != PARTIAL, REPLACEMENT_BILLING_NUMBER_DUE,
               Named{"billing_number", account.billing_number()},
               Named{"replacement", replacement});
}

Rules& RequirePin(Rules& rules, const PortOrder& order, const policy::v1::Porting& limits) {
  const auto digits = order.losing_account().facts().pin_digits();
  const bool fits =
      digits >= limits.mobile_pin_digits_min() && digits <= limits.mobile_pin_digits_max();
  return rules.Require(order.type() != MOBILE || fits, PORT_PIN_DUE, Named{"digits", digits},
                       Named{"min", limits.mobile_pin_digits_min()},
                       Named{"max", limits.mobile_pin_digits_max()});
}

// All that must be right of an order that goes to the carrier: when it is submitted, and again when
// its turn comes.
Rules& RequireReady(Rules& rules, const PortOrder& order, const Organization& organization,
                    const Context& context) {
  const auto& policy = context.policy();
  const auto& limits = policy.porting();
  const auto numbers = static_cast<std::uint32_t>(order.numbers_size());
  const std::string held = FirstOf(order, [&](const PortNumber& number) {
    return inventory::FindNumber(organization.inventory, Parsed(number)) != nullptr ||
           organization.porting.open_numbers.contains(Parsed(number).digits());
  });
  RequireComplete(rules, MissingIn(order))
      .Require(numbers <= limits.order_numbers_max(), PORT_ORDER_TOO_LARGE,
               Named{"numbers", numbers}, Named{"max", limits.order_numbers_max()});
  RequirePortable(rules, order, policy, context.now());
  RequireBillingNumbers(rules, order);
  RequirePin(rules, order, limits)
      .Require(order.has_letter(), LETTER_MISSING, Named{"port_order", order.name()});
  return RequireDate(rules, order, policy, context.now())
      .Require(held.empty(), NUMBER_ALREADY_HELD, Named{"number", held});
}

// Losing carriers take one order for an account at a time, 4.1: whoever comes later stands behind.
PortOrder Submitted(PortOrder order, const Line& line, Context& context) {
  order.set_handling(HandlingOf(order.country(), order.type(), order.numbers_size(),
                                context.policy(), context.now()));
  order.set_queue_ticket(line.empty() ? 1 : line.rbegin()->first + 1);
  return order;
}

Decision<PortOrder> StandInLine(PortOrder order, const State& state, Context& context) {
  order.set_state(PortOrder::QUEUED);
  *order.mutable_queue_time() = ToProto(context.now());
  order.clear_rejection();
  order.clear_setback();
  order.clear_transfer_time();
  order.clear_lock_time();
  order.clear_answer_due_date();
  auto [reply, event] = ChangeTo<PortOrderQueued>(std::move(order), context);
  ShowPlace(reply, state);
  return Replied(std::move(reply), std::move(event));
}

PortOrder InError(PortOrder order, const Rejection& why) {
  order.set_state(PortOrder::ERROR);
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
  asked.clear_answer_due_date();
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
  const State& state = organization.porting;
  const auto found = state.lines.find(order->losing_account().facts().account_key());
  const Line line = found == state.lines.end() ? Line() : found->second;
  const auto max = context.policy().porting().line_max();

  Rules rules = context.rules();
  RequireAllowed(rules, *order, action, context.now());
  RequireReady(rules, *order, organization, context)
      .Require(line.size() < max, PORT_LINE_FULL, Named{"orders", line.size()}, Named{"max", max});
  if (!rules) return rules.refusal();

  PortOrder submitted = Submitted(*order, line, context);
  if (!line.empty()) return StandInLine(std::move(submitted), state, context);
  return Pending(AskBlocks(submitted, order->state(), context));
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

// No order stands ahead any more. Time has passed: all rules are looked at again, and an order that
// breaks one is not lost but in error, where it can be corrected.
Verdict<Nothing> Decide(const TakeTurn& due, const Organization& organization, Context& context) {
  const PortOrder& order = *organization.porting.orders.Find(due.port_order());

  Rules rules = context.rules();
  RequireReady(rules, order, organization, context);
  if (!rules) {
    const Rejection why = rules.refusal().value();
    return Done(ChangeTo<PortOrderSetBack>(InError(order, why), context).second);
  }

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
  auto [reply, event] = ChangeTo<PortHoldFailed>(std::move(order), context);
  *event.mutable_returned() = pending.held();
  if (request.empty()) return Done(std::move(event));
  return Refused(request, why, std::move(event));
}

}  // namespace dialtone::porting
