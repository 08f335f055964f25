#include "controlplane/domain/inventory/evolve.h"

#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/kernel/unknown_event.h"

namespace dialtone::inventory {

namespace {

void Keep(State& state, const Reservation& reservation) {
  state.reservations.Put(reservation.name()) = reservation;
  state.deadlines.Set(reservation.name(), FromProto(reservation.expire_time()));
}

void Forget(State& state, const std::string& reservation) {
  state.reservations.Erase(reservation);
  state.deadlines.Clear(reservation);
}

void Count(State& state, const Number& number) {
  if (number.source() == Number::STOCK) ++state.from_stock[static_cast<std::size_t>(number.type())];
}

void Apply(State& state, const NumbersRequested& event, Moment) {
  state.pending.Put(event.pending().reservation().name()) = event.pending();
}

void Apply(State& state, const NumbersReserved& event, Moment) {
  state.pending.Erase(event.reservation().name());
  Keep(state, event.reservation());
}

void Apply(State& state, const HoldFailed& event, Moment) {
  state.pending.Erase(event.reservation());
}

// Nothing here knew of them: only the block has to.
void Apply(State&, const NumbersReturned&, Moment) {}

void Apply(State& state, const ReservationExtended& event, Moment) {
  Keep(state, event.reservation());
}

void Apply(State& state, const ReservationEnded& event, Moment) {
  Forget(state, event.reservation());
}

void Apply(State& state, const NumbersAcquired& event, Moment) {
  if (event.reservation().numbers().empty()) {
    Forget(state, event.reservation().name());
  } else {
    Keep(state, event.reservation());
  }
  for (const Number& number : event.numbers()) {
    state.numbers.Put(E164::Parse(number.e164())->digits()) = number;
    Count(state, number);
  }
}

}  // namespace

void State::Derive() {
  from_stock = {};
  for (const auto& [digits, number] : numbers) Count(*this, number);
  deadlines.ClearAll();
  for (const auto& [name, reservation] : reservations)
    deadlines.Set(name, FromProto(reservation.expire_time()));
}

void Evolve(State& state, const InventoryEvent& event, Moment at) {
  switch (event.event_case()) {
    case InventoryEvent::kNumbersRequested:
      return Apply(state, event.numbers_requested(), at);
    case InventoryEvent::kNumbersReserved:
      return Apply(state, event.numbers_reserved(), at);
    case InventoryEvent::kHoldFailed:
      return Apply(state, event.hold_failed(), at);
    case InventoryEvent::kNumbersReturned:
      return Apply(state, event.numbers_returned(), at);
    case InventoryEvent::kReservationExtended:
      return Apply(state, event.reservation_extended(), at);
    case InventoryEvent::kReservationEnded:
      return Apply(state, event.reservation_ended(), at);
    case InventoryEvent::kNumbersAcquired:
      return Apply(state, event.numbers_acquired(), at);
    case InventoryEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::inventory
