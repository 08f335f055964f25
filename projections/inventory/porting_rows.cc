#include "projections/inventory/porting_rows.h"

#include <algorithm>
#include <utility>

#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/timestamp.h"

namespace dialtone::projections {

namespace {

using namespace porting::v1;

// Where an event's rows belong.
struct Place {
  const std::string& organization;
  Moment at;
  RowWriter& rows;
};

std::uint64_t Digits(const std::string& number) { return E164::Parse(number)->digits(); }

bool IsTheCarriers(PortOrder::State state) {
  return state == PortOrder::PROCESSING || state == PortOrder::CONTACTING_CARRIER ||
         state == PortOrder::TRANSFER_APPROVED || state == PortOrder::TRANSFER_PENDING;
}

void Count(const Place& place, PortOrder::State state, std::int64_t more) {
  if (state == PortOrder::STATE_UNSPECIFIED) return;
  place.rows.Update(kPortOrderCounts, Key(place.at.position.partition, state),
                    [&](PortOrderCount& row) {
                      row.set_state(state);
                      row.set_orders(row.orders() + static_cast<std::uint64_t>(more));
                    });
}

bool StandsInLine(PortOrder::State state) {
  return IsTheCarriers(state) || state == PortOrder::SUBMITTING || state == PortOrder::QUEUED;
}

std::string PlaceInLine(const Place& place, const PortOrder& order) {
  return Key(place.organization, order.losing_account().facts().account_key(), order.queue_ticket(),
             order.name());
}

void Line(const Place& place, const PortOrder& before, const PortOrder& after) {
  if (StandsInLine(before.state())) place.rows.Erase(kPortLines, PlaceInLine(place, before));
  if (!StandsInLine(after.state())) return;
  PortLineRow row;
  row.set_port_order(after.name());
  place.rows.Put(kPortLines, PlaceInLine(place, after), row);
}

// The order as it is now, with what has become of it. Without numbers: these are as they were.
void Keep(const Place& place, PortOrder order, PortTransition transition) {
  const std::string key = Key(place.organization, order.name());
  *transition.mutable_time() = ToProto(place.at.time);
  transition.set_state(order.state());
  place.rows.Update(kPortOrders, key, [&](PortOrderRow& row) {
    Count(place, row.port_order().state(), -1);
    Count(place, order.state(), 1);
    Line(place, row.port_order(), order);
    if (order.numbers().empty())
      order.mutable_numbers()->Swap(row.mutable_port_order()->mutable_numbers());
    *row.mutable_port_order() = order;
    const std::uint32_t ordinal = row.transitions();
    place.rows.Put(kPortTransitions, Key(place.organization, order.name(), ordinal), transition);
    row.set_transitions(ordinal + 1);
  });
  if (IsTheCarriers(order.state())) {
    PutWaiting(place.rows, kCarrierOrders, place.at.position, order);
  } else {
    EndWaiting(place.rows, kCarrierOrders, order.name());
  }
}

// An event that carries the order as it is afterwards.
template <class E>
void Keep(const Place& place, const E& event) {
  PortTransition transition;
  transition.set_event(E::descriptor()->name());
  transition.set_rejection(event.port_order().rejection());
  Keep(place, event.port_order(), std::move(transition));
}

void Apply(const Place& place, const PortProjectCreated& event) {
  place.rows.Put(kPortProjects, Key(place.organization, event.project().name()), event.project());
  for (const PortOrder& order : event.port_orders()) {
    PortTransition transition;
    transition.set_event(event.GetDescriptor()->name());
    Keep(place, order, std::move(transition));
  }
}

void Keep(const Place& place, const PortOutRequest& request) {
  place.rows.Put(kPortOuts, Key(place.organization, request.name()), request);
  const bool has_ended =
      request.state() == PortOutRequest::COMPLETED || request.state() == PortOutRequest::WITHDRAWN;
  if (has_ended) return EndWaiting(place.rows, kCarrierPortOuts, request.name());
  PutWaiting(place.rows, kCarrierPortOuts, place.at.position, request);
}

template <class Numbers>
void Forget(const Place& place, const Numbers& returned) {
  for (const std::string& number : returned)
    place.rows.Erase(kPortingNumbers, Key(place.organization, Digits(number)));
}

// One of an order's numbers has moved, or has not.
template <class E>
void Settle(const Place& place, const E& event, PortNumber::State state, PortRejection rejection) {
  place.rows.Erase(kPortingNumbers, Key(place.organization, Digits(event.e164())));
  const auto row = place.rows.Get(kPortOrders, Key(place.organization, event.port_order()));
  PortOrder order = row->port_order();
  order.set_state(event.state());
  order.set_etag(event.etag());
  if (event.state() == PortOrder::ERROR) order.set_rejection(rejection);
  for (PortNumber& number : *order.mutable_numbers()) {
    if (number.e164() != event.e164()) continue;
    number.set_state(state);
    number.set_rejection(rejection);
  }
  PortTransition transition;
  transition.set_event(E::descriptor()->name());
  transition.set_e164(event.e164());
  transition.set_rejection(rejection);
  Keep(place, std::move(order), std::move(transition));
}

void Apply(const Place& place, const PortOrderSubmitted& event) {
  Keep(place, event);
  const auto row = place.rows.Get(kPortOrders, Key(place.organization, event.port_order().name()));
  for (const PortNumber& number : row->port_order().numbers())
    place.rows.Put(kPortingNumbers, Key(place.organization, Digits(number.e164())), number);
}

template <class E>
void Return(const Place& place, const E& event) {
  Keep(place, event);
  Forget(place, event.returned());
}

}  // namespace

void Project(const PortingEvent& event, const std::string& aggregate, Moment at, RowWriter& rows) {
  const Place place{aggregate, at, rows};
  switch (event.event_case()) {
    case PortingEvent::kPortOrderCreated:
      return Keep(place, event.port_order_created());
    case PortingEvent::kPortOrderUpdated:
      return Keep(place, event.port_order_updated());
    case PortingEvent::kLetterAttached:
      return Keep(place, event.letter_attached());
    case PortingEvent::kPortHoldRequested:
      return Keep(place, event.port_hold_requested());
    case PortingEvent::kPortOrderSubmitted:
      return Apply(place, event.port_order_submitted());
    case PortingEvent::kPortHoldFailed:
      return Keep(place, event.port_hold_failed());
    case PortingEvent::kPortOrderAccepted:
      return Keep(place, event.port_order_accepted());
    case PortingEvent::kFirmOrderCommitmentConfirmed:
      return Keep(place, event.firm_order_commitment_confirmed());
    case PortingEvent::kTransferLocked:
      return Keep(place, event.transfer_locked());
    case PortingEvent::kPortEscalated:
      return Keep(place, event.port_escalated());
    case PortingEvent::kPortOrderRejected:
      return Return(place, event.port_order_rejected());
    case PortingEvent::kPortOrderCancelled:
      return Return(place, event.port_order_cancelled());
    case PortingEvent::kNumberTransferred:
      return Settle(place, event.number_transferred(), PortNumber::TRANSFERRED,
                    PORT_REJECTION_UNSPECIFIED);
    case PortingEvent::kNumberTransferFailed:
      return Settle(place, event.number_transfer_failed(), PortNumber::FAILED,
                    event.number_transfer_failed().rejection());
    case PortingEvent::kPortOrderQueued:
      return Keep(place, event.port_order_queued());
    case PortingEvent::kPortOrderSetBack:
      return Keep(place, event.port_order_set_back());
    case PortingEvent::kPortProjectCreated:
      return Apply(place, event.port_project_created());
    case PortingEvent::kPortOutRequested:
      return Keep(place, event.port_out_requested().port_out());
    case PortingEvent::kPortOutReleased:
      return Keep(place, event.port_out_released().port_out());
    case PortingEvent::kPortOutRejected:
      return Keep(place, event.port_out_rejected().port_out());
    case PortingEvent::kPortOutWithdrawn:
      return Keep(place, event.port_out_withdrawn().port_out());
    case PortingEvent::kPortOutCompleted:
      return Keep(place, event.port_out_completed().port_out());
    case PortingEvent::kPortOutPinTried:
    case PortingEvent::kPortBlockAnswered:
    case PortingEvent::kPortNumbersReturned:
    case PortingEvent::kPortOutPinSet:
      return;  // nothing that is shown
    case PortingEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
