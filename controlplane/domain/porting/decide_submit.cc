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
  for (const PortingRefusal reason :
       {PORTING_NOT_SELF_SERVICE, MOBILE_NOT_PORTED, NUMBER_NEVER_PORTED, PORTED_FROM_OTHER_COUNTRY,
        PORT_TYPES_MIXED}) {
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

// Losing carriers take one order at a time: 4.1.
Rules& RequireFreeAccount(Rules& rules, const PortOrder& order, const State& state,
                          const policy::v1::Porting& limits) {
  const std::string& key = order.losing_account().facts().account_key();
  const auto open = state.open_accounts.count(key);
  const auto first = state.open_accounts.find(key);
  const std::string other = first == state.open_accounts.end() ? "" : first->second;
  return rules.Require(open < limits.open_per_losing_account_max(), LOSING_ACCOUNT_BUSY,
                       Named{"port_order", other}, Named{"open", open},
                       Named{"max", limits.open_per_losing_account_max()});
}

PortHoldRequested AskBlocks(const PortOrder& order, Context& context) {
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
  pending.set_otherwise(order.state());
  return event;
}

// `action` tells a first submission from one after an error.
Verdict<PortOrder> Submit(const std::string& name, PortAction action,
                          const Organization& organization, Context& context) {
  const PortOrder* const order = organization.porting.orders.Find(name);
  if (order == nullptr) return NoOrder(name);
  const auto& policy = context.policy();
  const auto& limits = policy.porting();
  const auto numbers = static_cast<std::uint32_t>(order->numbers_size());
  const std::string held = FirstOf(*order, [&](const PortNumber& number) {
    return inventory::FindNumber(organization.inventory, Parsed(number)) != nullptr ||
           organization.porting.open_numbers.contains(Parsed(number).digits());
  });

  Rules rules = context.rules();
  RequireAllowed(rules, *order, action, context.now());
  RequireComplete(rules, MissingIn(*order))
      .Require(numbers <= limits.self_service_max(), SELF_SERVICE_EXCEEDED,
               Named{"numbers", numbers}, Named{"max", limits.self_service_max()});
  RequirePortable(rules, *order, policy, context.now());
  RequireBillingNumbers(rules, *order);
  RequirePin(rules, *order, limits)
      .Require(order->has_letter(), LETTER_MISSING, Named{"port_order", name});
  RequireDate(rules, *order, policy, context.now());
  RequireFreeAccount(rules, *order, organization.porting, limits)
      .Require(held.empty(), NUMBER_ALREADY_HELD, Named{"number", held});
  if (!rules) return rules.refusal();

  return Pending(AskBlocks(*order, context));
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
    *order.mutable_submit_time() = ToProto(context.now());
    auto [reply, event] = ChangeTo<PortOrderSubmitted>(std::move(order), context);
    return Answered(request, reply, std::move(event));
  }
  order.set_state(pending.otherwise());
  auto [reply, event] = ChangeTo<PortHoldFailed>(std::move(order), context);
  *event.mutable_returned() = pending.held();
  return Refused(request,
                 Reject(NUMBER_ALREADY_HELD, Named{"number", pending.missing(0)},
                        Named{"numbers", pending.missing_size()}),
                 std::move(event));
}

}  // namespace dialtone::porting
