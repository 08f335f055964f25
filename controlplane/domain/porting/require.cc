#include "controlplane/domain/porting/require.h"

#include <algorithm>

namespace dialtone::porting {

namespace {

struct PortOrderTag {
  static constexpr const char* kPrefix = "p";
};

std::string TextOf(const std::vector<PortAction>& actions) {
  std::string text;
  for (const PortAction action : actions) text += (text.empty() ? "" : ", ") + FactText(action);
  return text;
}

std::uint32_t LeadDays(const PortOrder& order, const policy::Policy& policy, Timestamp now) {
  const auto& limits = policy.porting();
  const std::uint32_t days = policy.RulesAt(order.country(), now).porting_lead_days();
  const bool is_large =
      static_cast<std::uint32_t>(order.numbers_size()) > limits.large_order_over();
  return is_large ? days + limits.large_order_extra_days() : days;
}

policy::Day AnswerDue(const PortOrder& order, const policy::Policy& policy, Timestamp now) {
  const std::uint32_t days = policy.RulesAt(order.country(), now).carrier_answer_days();
  return policy.AddBusinessDays(order.country(), policy::DayOf(now), days);
}

}  // namespace

tl::unexpected<Rejection> NoOrder(const std::string& name) {
  return tl::unexpected(Reject(PORT_ORDER_NOT_FOUND, Named{"port_order", name}));
}

Rules& RequireAllowed(Rules& rules, const PortOrder& order, PortAction action, Timestamp now) {
  const PortOrder::State state = StateAt(order, now);
  return rules.Require(Allows(state, action), PORT_ACTION_NOT_ALLOWED, Named{"state", state},
                       Named{"action", action}, Named{"allowed", TextOf(AllowedActions(state))});
}

Rules& RequireComplete(Rules& rules, std::string_view missing) {
  return rules.Require(missing.empty(), PORT_ORDER_INCOMPLETE, Named{"missing", missing});
}

policy::Day EarliestDay(const PortOrder& order, const policy::Policy& policy, Timestamp now) {
  return policy.AddBusinessDays(order.country(), policy::DayOf(now), LeadDays(order, policy, now));
}

Rules& RequireDate(Rules& rules, const PortOrder& order, const policy::Policy& policy,
                   Timestamp now) {
  const std::string& asked = order.requested_date();
  const auto day = policy::ParseDay(asked);
  if (!day) return rules;  // incomplete, and refused so
  const policy::Day today = policy::DayOf(now);
  const policy::Day earliest = EarliestDay(order, policy, now);
  const policy::Day latest = today + std::chrono::days(policy.porting().target_days_max());
  return rules
      .Require(*day >= earliest, TRANSFER_TOO_SOON, Named{"asked", asked},
               Named{"earliest", policy::ToText(earliest)})
      .Require(*day <= latest, TRANSFER_TOO_LATE, Named{"asked", asked},
               Named{"latest", policy::ToText(latest)})
      .Require(policy.IsBusinessDay(order.country(), *day), TRANSFER_ON_FREE_DAY,
               Named{"asked", asked}, Named{"country", order.country()});
}

Rules& RequireRoomForDrafts(Rules& rules, const State& state, const policy::Policy& policy,
                            std::size_t more) {
  const auto drafts = static_cast<std::size_t>(
      std::count_if(state.orders.begin(), state.orders.end(),
                    [](const auto& row) { return row.second.state() == PortOrder::DRAFT; }));
  const auto max = policy.porting().drafts_max();
  return rules.Require(drafts + more <= max, TOO_MANY_PORT_DRAFTS, Named{"drafts", drafts},
                       Named{"asked", more}, Named{"max", max});
}

std::string NewOrderName(const std::string& organization, Context& context) {
  return organization + "/portOrders/" + context.NewId<PortOrderTag>().text();
}

std::pair<PortOrder, PortOrderCancelled> Cancelled(const PortOrder& order, Context& context) {
  PortOrder cancelled = order;
  cancelled.set_state(PortOrder::CANCELLED);
  StopAnswerClock(cancelled);
  cancelled.clear_forecast_date();
  auto [reply, event] = ChangeTo<PortOrderCancelled>(std::move(cancelled), context);
  if (IsOpen(order.state())) {
    for (const std::string& number : WaitingNumbers(order)) event.add_returned(number);
  }
  return {std::move(reply), std::move(event)};
}

void StartAnswerClock(PortOrder& order, const policy::Policy& policy, Timestamp now) {
  const policy::Day due = AnswerDue(order, policy, now);
  order.set_answer_due_date(policy::ToText(due));
  *order.mutable_escalate_time() = ToProto(policy::StartOf(due + std::chrono::days(1)));
  order.clear_overdue_time();
  if (!order.has_transfer_time()) Forecast(order, policy, now);
}

void StopAnswerClock(PortOrder& order) {
  order.clear_answer_due_date();
  order.clear_escalate_time();
  order.clear_overdue_time();
}

// Days of this form sort as they follow each other.
void Forecast(PortOrder& order, const policy::Policy& policy, Timestamp now) {
  order.set_forecast_date(
      std::max(order.requested_date(), policy::ToText(AnswerDue(order, policy, now))));
}

}  // namespace dialtone::porting
