#include "controlplane/domain/porting/evolve.h"

#include <utility>

#include "controlplane/domain/porting/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/kernel/unknown_event.h"

namespace dialtone::porting {

namespace {

std::uint64_t Digits(const std::string& number) { return E164::Parse(number)->digits(); }

const std::string& AccountOf(const PortOrder& order) {
  return order.losing_account().facts().account_key();
}

std::string AnswerOf(const PortOrder& order) { return order.name() + std::string(kAnswerDeadline); }

// What is derived from an order.
void Index(State& state, const PortOrder& order) {
  if (order.state() == PortOrder::TRANSFER_APPROVED)
    state.deadlines.Set(order.name(), FromProto(order.lock_time()));
  // An order at its end waits for nothing, though its last number came before its lock's timer.
  if (order.has_escalate_time() && IsOpen(order.state()))
    state.deadlines.Set(AnswerOf(order), FromProto(order.escalate_time()));
  if (StandsInLine(order.state()))
    state.lines[AccountOf(order)].emplace(order.queue_ticket(), order.name());
  if (!IsOpen(order.state())) return;
  for (const PortNumber& number : order.numbers()) {
    if (number.state() == PortNumber::WAITING)
      state.open_numbers[Digits(number.e164())] = order.name();
  }
}

void Unindex(State& state, const PortOrder& order) {
  state.deadlines.Clear(order.name());
  state.deadlines.Clear(AnswerOf(order));
  const auto line = state.lines.find(AccountOf(order));
  if (line != state.lines.end()) {
    line->second.erase({order.queue_ticket(), order.name()});
    if (line->second.empty()) state.lines.erase(line);
  }
  if (!IsOpen(order.state())) return;
  for (const PortNumber& number : order.numbers()) {
    if (number.state() == PortNumber::WAITING) state.open_numbers.erase(Digits(number.e164()));
  }
}

// Whoever stands first has waited long enough: its turn is due since it came.
void ComeForward(State& state, const std::string& account) {
  const auto line = state.lines.find(account);
  if (line == state.lines.end()) return;
  const PortOrder& first = *state.orders.Find(line->second.begin()->second);
  if (first.state() == PortOrder::QUEUED)
    state.deadlines.Set(first.name(), FromProto(first.queue_time()));
}

// Without numbers: these are as they were.
void Keep(State& state, const PortOrder& order) {
  PortOrder after = order;
  std::string account_before;
  if (const PortOrder* const before = state.orders.Find(order.name())) {
    if (after.numbers().empty()) *after.mutable_numbers() = before->numbers();
    account_before = AccountOf(*before);
    Unindex(state, *before);
  }
  Index(state, after);
  const std::string account = AccountOf(after);
  state.orders.Put(order.name()) = std::move(after);
  ComeForward(state, account_before);
  ComeForward(state, account);
}

// One of an order's many numbers: what is derived from the others stays.
template <class E>
PortNumber& Settle(State& state, const E& event) {
  state.open_numbers.erase(Digits(event.e164()));
  PortOrder& order = state.orders.Put(event.port_order());
  order.set_etag(event.etag());
  return *order.mutable_numbers(IndexOf(order, event.e164()));
}

// Only the last number changes the order's state.
void Enter(State& state, const std::string& name, PortOrder::State next, PortRejection rejection) {
  if (state.orders.Find(name)->state() == next) return;
  PortOrder order = *state.orders.Find(name);
  order.set_state(next);
  order.set_rejection(rejection);
  Keep(state, order);
}

void Apply(State& state, const PortOrderCreated& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortOrderUpdated& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const LetterAttached& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortHoldRequested& event, Moment) {
  Keep(state, event.port_order());
  state.pending.Put(event.pending().port_order()) = event.pending();
}

void Apply(State& state, const PortBlockAnswered& event, Moment) {
  PendingPort& pending = state.pending.Put(event.port_order());
  pending.mutable_held()->MergeFrom(event.held());
  pending.mutable_missing()->MergeFrom(event.missing());
  pending.set_blocks_waiting(pending.blocks_waiting() - 1);
}

void Apply(State& state, const PortOrderSubmitted& event, Moment) {
  state.pending.Erase(event.port_order().name());
  Keep(state, event.port_order());
}

void Apply(State& state, const PortHoldFailed& event, Moment) {
  state.pending.Erase(event.port_order().name());
  Keep(state, event.port_order());
}

// Nothing here knew of them: only the block has to.
void Apply(State&, const PortNumbersReturned&, Moment) {}

void Apply(State& state, const PortOrderQueued& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortOrderSetBack& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortOrderAccepted& event, Moment) {
  Keep(state, event.port_order());
}

void Apply(State& state, const FirmOrderCommitmentConfirmed& event, Moment) {
  Keep(state, event.port_order());
}

void Apply(State& state, const TransferLocked& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortEscalated& event, Moment) { Keep(state, event.port_order()); }

void Apply(State& state, const PortOrderRejected& event, Moment) {
  Keep(state, event.port_order());
}

void Apply(State& state, const PortOrderCancelled& event, Moment) {
  Keep(state, event.port_order());
}

void Apply(State& state, const NumberTransferred& event, Moment) {
  Settle(state, event).set_state(PortNumber::TRANSFERRED);
  Enter(state, event.port_order(), event.state(), PORT_REJECTION_UNSPECIFIED);
}

void Apply(State& state, const NumberTransferFailed& event, Moment) {
  PortNumber& number = Settle(state, event);
  number.set_state(PortNumber::FAILED);
  number.set_rejection(event.rejection());
  const bool all_failed = event.state() == PortOrder::ERROR;
  Enter(state, event.port_order(), event.state(),
        all_failed ? event.rejection() : PORT_REJECTION_UNSPECIFIED);
}

void Apply(State& state, const PortOutPinSet& event, Moment) {
  state.port_out_pin.Put() = event.pin();
}

void Apply(State& state, const PortProjectCreated& event, Moment) {
  state.projects.Put(event.project().name()) = event.project();
  for (const PortOrder& order : event.port_orders()) Keep(state, order);
}

void Keep(State& state, const PortOutRequest& request) {
  state.port_outs.Put(request.name()) = request;
}

void Apply(State& state, const PortOutRequested& event, Moment) { Keep(state, event.port_out()); }

void Apply(State& state, const PortOutPinTried& event, Moment) {
  state.port_out_pin.Put() = event.pin();
}

void Apply(State& state, const PortOutReleased& event, Moment) { Keep(state, event.port_out()); }

void Apply(State& state, const PortOutRejected& event, Moment) { Keep(state, event.port_out()); }

void Apply(State& state, const PortOutWithdrawn& event, Moment) { Keep(state, event.port_out()); }

void Apply(State& state, const PortOutCompleted& event, Moment) { Keep(state, event.port_out()); }

}  // namespace

void State::Derive() {
  lines.clear();
  open_numbers.clear();
  deadlines.ClearAll();
  for (const auto& [name, order] : orders) Index(*this, order);
  for (const auto& [account, line] : lines) ComeForward(*this, account);
}

void Evolve(State& state, const PortingEvent& event, Moment at) {
  switch (event.event_case()) {
    case PortingEvent::kPortOrderCreated:
      return Apply(state, event.port_order_created(), at);
    case PortingEvent::kPortOrderUpdated:
      return Apply(state, event.port_order_updated(), at);
    case PortingEvent::kLetterAttached:
      return Apply(state, event.letter_attached(), at);
    case PortingEvent::kPortHoldRequested:
      return Apply(state, event.port_hold_requested(), at);
    case PortingEvent::kPortBlockAnswered:
      return Apply(state, event.port_block_answered(), at);
    case PortingEvent::kPortOrderSubmitted:
      return Apply(state, event.port_order_submitted(), at);
    case PortingEvent::kPortHoldFailed:
      return Apply(state, event.port_hold_failed(), at);
    case PortingEvent::kPortNumbersReturned:
      return Apply(state, event.port_numbers_returned(), at);
    case PortingEvent::kPortOrderAccepted:
      return Apply(state, event.port_order_accepted(), at);
    case PortingEvent::kFirmOrderCommitmentConfirmed:
      return Apply(state, event.firm_order_commitment_confirmed(), at);
    case PortingEvent::kTransferLocked:
      return Apply(state, event.transfer_locked(), at);
    case PortingEvent::kPortOrderRejected:
      return Apply(state, event.port_order_rejected(), at);
    case PortingEvent::kPortOrderCancelled:
      return Apply(state, event.port_order_cancelled(), at);
    case PortingEvent::kNumberTransferred:
      return Apply(state, event.number_transferred(), at);
    case PortingEvent::kNumberTransferFailed:
      return Apply(state, event.number_transfer_failed(), at);
    case PortingEvent::kPortOutPinSet:
      return Apply(state, event.port_out_pin_set(), at);
    case PortingEvent::kPortOrderQueued:
      return Apply(state, event.port_order_queued(), at);
    case PortingEvent::kPortOrderSetBack:
      return Apply(state, event.port_order_set_back(), at);
    case PortingEvent::kPortProjectCreated:
      return Apply(state, event.port_project_created(), at);
    case PortingEvent::kPortOutRequested:
      return Apply(state, event.port_out_requested(), at);
    case PortingEvent::kPortOutPinTried:
      return Apply(state, event.port_out_pin_tried(), at);
    case PortingEvent::kPortOutReleased:
      return Apply(state, event.port_out_released(), at);
    case PortingEvent::kPortOutRejected:
      return Apply(state, event.port_out_rejected(), at);
    case PortingEvent::kPortOutWithdrawn:
      return Apply(state, event.port_out_withdrawn(), at);
    case PortingEvent::kPortOutCompleted:
      return Apply(state, event.port_out_completed(), at);
    case PortingEvent::kPortEscalated:
      return Apply(state, event.port_escalated(), at);
    case PortingEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::porting
