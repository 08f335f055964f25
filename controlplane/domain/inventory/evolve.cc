#include "controlplane/domain/inventory/evolve.h"

#include <algorithm>
#include <utility>

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

enum class Step : std::int8_t { kOut = -1, kIn = 1 };

// What is derived from a number, when it comes in or goes out.
void Index(State& state, const Number& number, Step step) {
  auto& count = state.from_stock[static_cast<std::size_t>(number.type())];
  if (number.source() == Number::STOCK) step == Step::kIn ? ++count : --count;
  if (number.assignee().empty()) return;
  std::pair<std::string, std::uint64_t> entry{number.assignee(),
                                              E164::Parse(number.e164())->digits()};
  if (step == Step::kIn) {
    state.assigned.insert(std::move(entry));
  } else {
    state.assigned.erase(entry);
  }
}

void Keep(State& state, const Number& number) {
  const std::uint64_t digits = E164::Parse(number.e164())->digits();
  if (const Number* const before = state.numbers.Find(digits)) Index(state, *before, Step::kOut);
  state.numbers.Put(digits) = number;
  Index(state, number, Step::kIn);
}

// Nothing can be restored of the number any more: it is held again, or too much time has passed.
void ForgetReleased(State& state, std::uint64_t digits) {
  const ReleasedNumber* const released = state.released.Find(digits);
  if (released == nullptr) return;
  const std::string name = released->release();
  state.released.Erase(digits);
  Release& release = state.releases.Put(name);
  auto& numbers = *release.mutable_numbers();
  numbers.erase(std::find(numbers.begin(), numbers.end(), digits));
  if (!numbers.empty()) return;
  state.releases.Erase(name);
  state.deadlines.Clear(name);
}

void GiveUp(State& state, std::uint64_t digits, const Release& release) {
  const Number number = *state.numbers.Find(digits);
  Index(state, number, Step::kOut);
  state.numbers.Erase(digits);
  if (number.source() != Number::STOCK) return;
  ReleasedNumber& released = state.released.Put(digits);
  *released.mutable_number() = number;
  released.set_release(release.name());
}

// With what they have in common.
Number Whole(const Number& part, const NumbersAcquired& event) {
  Number number = event.common();
  number.MergeFrom(part);
  if (part.name().empty()) number.set_name(event.common().name() + part.e164().substr(1));
  return number;
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
    ForgetReleased(state, E164::Parse(number.e164())->digits());
    Keep(state, Whole(number, event));
  }
}

void Apply(State& state, const NumberAssigned& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberUnassigned& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberLocated& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumbersReleased& event, Moment) {
  const Release& release = event.release();
  for (const ReleasedNumbers& group : event.numbers()) {
    for (const std::uint64_t digits : group.numbers()) GiveUp(state, digits, release);
  }
  if (release.numbers().empty()) return;
  state.releases.Put(release.name()) = release;
  state.deadlines.Set(release.name(), FromProto(release.restore_time()));
}

void Apply(State& state, const NumbersRestored& event, Moment) {
  state.pending.Erase(event.hold());
  for (const Number& number : event.numbers()) {
    ForgetReleased(state, E164::Parse(number.e164())->digits());
    Keep(state, number);
  }
}

void Apply(State& state, const ReleaseForgotten& event, Moment) {
  for (const std::uint64_t digits : state.releases.Find(event.release())->numbers())
    state.released.Erase(digits);
  state.releases.Erase(event.release());
  state.deadlines.Clear(event.release());
}

void Apply(State& state, const NumbersPortedIn& event, Moment) {
  for (const Number& number : event.numbers()) {
    ForgetReleased(state, E164::Parse(number.e164())->digits());
    Keep(state, number);
  }
}

void Apply(State& state, const NumberBlocked& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberUnblocked& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberTagsChanged& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberUseChanged& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const NumberSettingsChanged& event, Moment) {
  state.settings.Put() = event.settings();
}

void Apply(State& state, const NumbersAssigned& event, Moment) {
  for (const NumberAssignment& assignment : event.assignments()) {
    Number number = *state.numbers.Find(assignment.number());
    number.set_assignee(event.users() + assignment.user());
    number.set_state(Number::ASSIGNED);
    number.set_location(event.locations(static_cast<int>(assignment.location())));
    number.clear_assignment_block();
    *number.mutable_activation() = event.activation();
    Keep(state, number);
  }
}

void Apply(State& state, const NumbersUnassigned& event, Moment) {
  for (const std::uint64_t digits : event.numbers()) {
    Number number = *state.numbers.Find(digits);
    number.clear_assignee();
    number.set_state(Number::UNASSIGNED);
    *number.mutable_activation() = event.activation();
    if (event.has_cooling_off()) *number.mutable_assignment_block() = event.cooling_off();
    Keep(state, number);
  }
}

void Apply(State& state, const ActivationCompleted& event, Moment) { Keep(state, event.number()); }

void Apply(State& state, const ActivationFailed& event, Moment) { Keep(state, event.number()); }

// Whoever had them has none any more, and help is sent to no place of theirs.
void Apply(State& state, const NumbersPortedOut& event, Moment) {
  for (const PortedOutNumbers& group : event.numbers()) {
    for (const PortedOutNumber& number : group.numbers()) {
      Index(state, *state.numbers.Find(number.digits()), Step::kOut);
      state.numbers.Erase(number.digits());
    }
  }
}

void Apply(State& state, const NumbersLeaving& event, Moment) {
  for (const std::uint64_t digits : event.numbers())
    state.numbers.Put(digits).set_port_out(event.port_out());
}

void Apply(State& state, const NumbersStaying& event, Moment) {
  for (const std::uint64_t digits : event.numbers()) state.numbers.Put(digits).clear_port_out();
}

}  // namespace

void State::Derive() {
  from_stock = {};
  assigned.clear();
  for (const auto& [digits, number] : numbers) Index(*this, number, Step::kIn);
  deadlines.ClearAll();
  for (const auto& [name, reservation] : reservations)
    deadlines.Set(name, FromProto(reservation.expire_time()));
  for (const auto& [name, release] : releases)
    deadlines.Set(name, FromProto(release.restore_time()));
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
    case InventoryEvent::kNumberAssigned:
      return Apply(state, event.number_assigned(), at);
    case InventoryEvent::kNumberUnassigned:
      return Apply(state, event.number_unassigned(), at);
    case InventoryEvent::kNumberLocated:
      return Apply(state, event.number_located(), at);
    case InventoryEvent::kNumbersReleased:
      return Apply(state, event.numbers_released(), at);
    case InventoryEvent::kNumbersRestored:
      return Apply(state, event.numbers_restored(), at);
    case InventoryEvent::kReleaseForgotten:
      return Apply(state, event.release_forgotten(), at);
    case InventoryEvent::kNumbersPortedIn:
      return Apply(state, event.numbers_ported_in(), at);
    case InventoryEvent::kNumberBlocked:
      return Apply(state, event.number_blocked(), at);
    case InventoryEvent::kNumberUnblocked:
      return Apply(state, event.number_unblocked(), at);
    case InventoryEvent::kNumberTagsChanged:
      return Apply(state, event.number_tags_changed(), at);
    case InventoryEvent::kNumberSettingsChanged:
      return Apply(state, event.number_settings_changed(), at);
    case InventoryEvent::kNumberUseChanged:
      return Apply(state, event.number_use_changed(), at);
    case InventoryEvent::kNumbersAssigned:
      return Apply(state, event.numbers_assigned(), at);
    case InventoryEvent::kNumbersUnassigned:
      return Apply(state, event.numbers_unassigned(), at);
    case InventoryEvent::kActivationCompleted:
      return Apply(state, event.activation_completed(), at);
    case InventoryEvent::kActivationFailed:
      return Apply(state, event.activation_failed(), at);
    case InventoryEvent::kNumbersPortedOut:
      return Apply(state, event.numbers_ported_out(), at);
    case InventoryEvent::kNumbersLeaving:
      return Apply(state, event.numbers_leaving(), at);
    case InventoryEvent::kNumbersStaying:
      return Apply(state, event.numbers_staying(), at);
    case InventoryEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::inventory
