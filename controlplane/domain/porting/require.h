// Rules that several decisions about port orders share. Private to them.
#pragma once

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "controlplane/domain/porting/rules.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/etag.h"
#include "controlplane/kernel/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::porting {

tl::unexpected<Rejection> NoOrder(const std::string& name);

// The order's state allows the action.
Rules& RequireAllowed(Rules& rules, const PortOrder& order, PortAction action, Timestamp now);
// Nothing is missing that a transfer needs: `missing` names the first field, or is empty.
Rules& RequireComplete(Rules& rules, std::string_view missing);
// The first day that leaves the lead time of the order's country and size: domain.md 4.4.
policy::Day EarliestDay(const PortOrder& order, const policy::Policy& policy, Timestamp now);
// The day that is asked for: lead time, at most 30 days ahead, a business day: domain.md 4.4.
// REQUIRES: a day.
Rules& RequireDate(Rules& rules, const PortOrder& order, const policy::Policy& policy,
                   Timestamp now);
// The losing carrier is asked now: by when it should have answered, in business days of the
// country, and when the numbers will move if it does (domain.md 4.4).
void StartAnswerClock(PortOrder& order, const policy::Policy& policy, Timestamp now);
// It has answered, or need not any more.
void StopAnswerClock(PortOrder& order);
// As if the losing carrier were asked now.
void Forecast(PortOrder& order, const policy::Policy& policy, Timestamp now);

// There is room for so many more drafts.
Rules& RequireRoomForDrafts(Rules& rules, const State& state, const policy::Policy& policy,
                            std::size_t more);
// Of an order that is new: `organizations/contoso/portOrders/p3-1042-0`.
std::string NewOrderName(const std::string& organization, Context& context);

// An event that carries the order as it is from now on, which is the reply too. Only what changes
// numbers carries them.
template <class E>
std::pair<PortOrder, E> ChangeTo(PortOrder order, Context& context) {
  order.set_etag(NewEtag(context));
  E event;
  *event.mutable_port_order() = order;
  if (!std::is_same_v<E, PortOrderCreated> && !std::is_same_v<E, PortOrderUpdated>)
    event.mutable_port_order()->clear_numbers();
  return {Shown(std::move(order)), std::move(event)};
}
template <class E>
Decision<PortOrder> Changed(PortOrder order, Context& context) {
  auto [reply, event] = ChangeTo<E>(std::move(order), context);
  return Replied(std::move(reply), std::move(event));
}

// What its blocks have put aside goes back. REQUIRES: its state allows it.
std::pair<PortOrder, PortOrderCancelled> Cancelled(const PortOrder& order, Context& context);

}  // namespace dialtone::porting
