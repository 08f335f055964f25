#include "controlplane/domain/porting/submission.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "controlplane/domain/inventory/rules.h"
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

// Its numbers have left the account, or never will. One that stands in line does so before an order
// that joins it there, and behind one whose turn has come.
bool IsOutOfTheWay(const PortOrder& sibling, const PortOrder& closing) {
  const bool has_its_turn = closing.state() == PortOrder::QUEUED;
  return sibling.state() == PortOrder::COMPLETED || sibling.state() == PortOrder::CANCELLED ||
         (StandsInLine(sibling.state()) && !has_its_turn);
}

}  // namespace

Rules& RequirePortable(Rules& rules, const std::vector<const PortOrder*>& orders,
                       const policy::Policy& policy, Timestamp now) {
  for (const PortingRefusal reason : {PORTING_NOT_OFFERED, MOBILE_NOT_PORTED, NUMBER_NEVER_PORTED,
                                      PORTED_FROM_OTHER_COUNTRY, PORT_TYPES_MIXED}) {
    const PortOrder* of = orders.empty() ? &PortOrder::default_instance() : orders.front();
    std::string number;
    for (const PortOrder* const order : orders) {
      if (!number.empty()) break;
      of = order;
      number = FirstOf(*order, [&](const PortNumber& candidate) {
        return Obstacle(Parsed(candidate), order->country(), order->type(), policy, now) == reason;
      });
    }
    rules.Require(number.empty(), reason, Named{"number", number}, Named{"country", of->country()},
                  Named{"type", of->type()});
  }
  return rules;
}

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
  RequirePortable(rules, {&order}, policy, context.now());
  RequireBillingNumbers(rules, order);
  RequirePin(rules, order, limits)
      .Require(order.has_letter(), LETTER_MISSING, Named{"port_order", order.name()});
  return RequireDate(rules, order, policy, context.now())
      .Require(held.empty(), NUMBER_ALREADY_HELD, Named{"number", held});
}

Rules& RequireAccountLeft(Rules& rules, const PortOrder& order,
                          const std::vector<PortOrder>& siblings) {
  const std::string& account = order.losing_account().facts().account_key();
  const auto left = std::find_if(siblings.begin(), siblings.end(), [&](const PortOrder& sibling) {
    return order.extent() == FULL && sibling.name() != order.name() &&
           sibling.losing_account().facts().account_key() == account &&
           !IsOutOfTheWay(sibling, order);
  });
  const PortOrder& other = left == siblings.end() ? PortOrder::default_instance() : *left;
  return rules.Require(left == siblings.end(), ACCOUNT_STILL_NEEDED,
                       Named{"port_order", other.name()}, Named{"state", other.state()});
}

std::vector<PortOrder> SiblingsOf(const PortOrder& order, const State& state) {
  std::vector<PortOrder> siblings;
  const PortProject* const project = state.projects.Find(order.project());
  if (project == nullptr) return siblings;
  for (const std::string& name : project->port_orders())
    siblings.push_back(*state.orders.Find(name));
  return siblings;
}

Rules& RequireRoomInLine(Rules& rules, const Line& line, const policy::Policy& policy) {
  const auto max = policy.porting().line_max();
  return rules.Require(line.size() < max, PORT_LINE_FULL, Named{"orders", line.size()},
                       Named{"max", max});
}

Line LineOf(const PortOrder& order, const State& state) {
  const auto found = state.lines.find(order.losing_account().facts().account_key());
  return found == state.lines.end() ? Line() : found->second;
}

// Losing carriers take one order for an account at a time: 4.1.
PortOrder Behind(const Line& line, PortOrder order, const Context& context) {
  order.set_handling(HandlingOf(order.country(), order.type(), order.numbers_size(),
                                context.policy(), context.now()));
  Forecast(order, context.policy(), context.now());
  order.set_queue_ticket(line.empty() ? 1 : line.rbegin()->first + 1);
  return order;
}

PortOrder Queued(const Line& line, const PortOrder& order, const Context& context) {
  PortOrder queued = Behind(line, order, context);
  queued.set_state(PortOrder::QUEUED);
  *queued.mutable_queue_time() = ToProto(context.now());
  queued.clear_rejection();
  queued.clear_setback();
  queued.clear_transfer_time();
  queued.clear_lock_time();
  StopAnswerClock(queued);
  return queued;
}

}  // namespace dialtone::porting
