#include "projections/inventory/inventory_rows.h"

#include "controlplane/kernel/e164.h"
#include "projections/inventory/held_numbers.h"

namespace dialtone::projections {

namespace {

using namespace inventory::v1;

void Keep(const Reservation& reservation, const std::string& organization, RowWriter& rows) {
  const std::string key = Key(organization, reservation.name());
  if (reservation.numbers().empty()) {
    rows.Erase(kReservations, key);
  } else {
    rows.Put(kReservations, key, reservation);
  }
}

std::uint64_t DigitsOf(const Number& number) { return E164::Parse(number.e164())->digits(); }

void Note(const Number& number, NumberChange::Kind kind, const std::string& organization, Moment at,
          RowWriter& rows) {
  NumberChange change;
  change.set_e164(number.e164());
  *change.mutable_time() = ToProto(at.time);
  change.set_kind(kind);
  change.set_organization(organization);
  change.set_assignee(number.assignee());
  change.set_location(number.location());
  // An entry may change a number several times.
  std::uint32_t ordinal = 0;
  const auto key = [&] {
    return Key(DigitsOf(number), at.time, organization, at.position.index, ordinal);
  };
  while (rows.Get(kNumberChanges, key())) ++ordinal;
  rows.Put(kNumberChanges, key(), change);
}

enum class Step : std::int8_t { kOut = -1, kIn = 1 };

void Count(const Number& number, const std::string& organization, Step step, RowWriter& rows) {
  if (number.source() != Number::STOCK) return;
  rows.Update(kNumberCounts, Key(organization, number.type()), [&](NumberCount& count) {
    count.set_held(step == Step::kIn ? count.held() + 1 : count.held() - 1);
  });
}

bool IsPending(const Activation& activation) {
  return activation.state() == Activation::ASSIGNMENT_PENDING ||
         activation.state() == Activation::UPDATE_PENDING;
}

// The carrier is told of each thing that it is asked for once, and of nothing else.
void TellCarrier(const Number& before, const Number& number, Moment at, RowWriter& rows) {
  const bool was_pending = IsPending(before.activation());
  if (!IsPending(number.activation())) {
    if (was_pending) EndWaiting(rows, kActivations, before.name());
  } else if (!was_pending || before.activation().etag() != number.activation().etag()) {
    PutWaiting(rows, kActivations, at.position, number);
  }
}

// The number is like this now.
void Keep(const Number& number, const std::string& organization, Moment at, RowWriter& rows) {
  const std::string key = Key(organization, DigitsOf(number));
  const auto before = rows.Get(kNumbers, key);
  if (before) Count(*before, organization, Step::kOut, rows);
  Count(number, organization, Step::kIn, rows);
  TellCarrier(before.value_or(Number()), number, at, rows);
  rows.Put(kNumbers, key, number);
}

void Change(const Number& number, NumberChange::Kind kind, const std::string& organization,
            Moment at, RowWriter& rows) {
  Keep(number, organization, at, rows);
  Note(number, kind, organization, at, rows);
}

void Apply(const NumbersReserved& event, const std::string& organization, Moment, RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
}

void Apply(const ReservationExtended& event, const std::string& organization, Moment,
           RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
}

void Apply(const ReservationEnded& event, const std::string& organization, Moment,
           RowWriter& rows) {
  rows.Erase(kReservations, Key(organization, event.reservation()));
}

void Apply(const NumbersAcquired& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
  for (const Number& number : Acquired(event))
    Change(number, NumberChange::ACQUIRED, organization, at, rows);
}

void Apply(const NumberAssigned& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  Change(event.number(), NumberChange::ASSIGNED, organization, at, rows);
}

void Apply(const NumberUnassigned& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  Change(event.number(), NumberChange::UNASSIGNED, organization, at, rows);
}

void Apply(const NumberLocated& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  Change(event.number(), NumberChange::LOCATED, organization, at, rows);
}

// It is the organization's no more.
void Drop(std::uint64_t digits, NumberChange::Kind kind, const std::string& organization, Moment at,
          RowWriter& rows) {
  const Number number = *rows.Get(kNumbers, Key(organization, digits));
  Note(number, kind, organization, at, rows);
  Count(number, organization, Step::kOut, rows);
  TellCarrier(number, Number(), at, rows);
  rows.Erase(kNumbers, Key(organization, digits));
}

void Apply(const NumbersReleased& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const ReleasedNumbers& group : event.numbers()) {
    for (const std::uint64_t digits : group.numbers())
      Drop(digits, NumberChange::RELEASED, organization, at, rows);
  }
}

void Apply(const NumbersRestored& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const Number& number : event.numbers())
    Change(number, NumberChange::RESTORED, organization, at, rows);
}

void Apply(const NumbersPortedIn& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const Number& number : event.numbers())
    Change(number, NumberChange::PORTED_IN, organization, at, rows);
}

void Apply(const NumberSettingsChanged& event, const std::string& organization, Moment,
           RowWriter& rows) {
  rows.Put(kNumberSettings, Key(organization), event.settings());
}

void Apply(const NumbersAssigned& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const NumberAssignment& assignment : event.assignments()) {
    const Number before = *rows.Get(kNumbers, Key(organization, assignment.number()));
    Change(Assigned(before, assignment, event), NumberChange::ASSIGNED, organization, at, rows);
  }
}

void Apply(const NumbersUnassigned& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const std::uint64_t digits : event.numbers()) {
    const Number before = *rows.Get(kNumbers, Key(organization, digits));
    Change(Unassigned(before, event), NumberChange::UNASSIGNED, organization, at, rows);
  }
}

void Apply(const NumbersPortedOut& event, const std::string& organization, Moment at,
           RowWriter& rows) {
  for (const PortedOutNumbers& group : event.numbers()) {
    for (const PortedOutNumber& gone : group.numbers())
      Drop(gone.digits(), NumberChange::PORTED_OUT, organization, at, rows);
  }
}

// The request that the numbers are in; empty: in none any more.
template <class Numbers>
void Mark(const Numbers& numbers, const std::string& port_out, const std::string& organization,
          RowWriter& rows) {
  for (const std::uint64_t digits : numbers)
    rows.Update(kNumbers, Key(organization, digits),
                [&](Number& number) { number.set_port_out(port_out); });
}

}  // namespace

void Project(const InventoryEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows) {
  switch (event.event_case()) {
    case InventoryEvent::kNumbersReserved:
      return Apply(event.numbers_reserved(), aggregate, at, rows);
    case InventoryEvent::kReservationExtended:
      return Apply(event.reservation_extended(), aggregate, at, rows);
    case InventoryEvent::kReservationEnded:
      return Apply(event.reservation_ended(), aggregate, at, rows);
    case InventoryEvent::kNumbersAcquired:
      return Apply(event.numbers_acquired(), aggregate, at, rows);
    case InventoryEvent::kNumberAssigned:
      return Apply(event.number_assigned(), aggregate, at, rows);
    case InventoryEvent::kNumberUnassigned:
      return Apply(event.number_unassigned(), aggregate, at, rows);
    case InventoryEvent::kNumberLocated:
      return Apply(event.number_located(), aggregate, at, rows);
    case InventoryEvent::kNumbersReleased:
      return Apply(event.numbers_released(), aggregate, at, rows);
    case InventoryEvent::kNumbersRestored:
      return Apply(event.numbers_restored(), aggregate, at, rows);
    case InventoryEvent::kNumbersPortedIn:
      return Apply(event.numbers_ported_in(), aggregate, at, rows);
    case InventoryEvent::kNumberBlocked:
      return Change(event.number_blocked().number(), NumberChange::BLOCKED, aggregate, at, rows);
    case InventoryEvent::kNumberUnblocked:
      return Change(event.number_unblocked().number(), NumberChange::UNBLOCKED, aggregate, at,
                    rows);
    case InventoryEvent::kNumberTagsChanged:
      return Keep(event.number_tags_changed().number(), aggregate, at, rows);
    case InventoryEvent::kNumberSettingsChanged:
      return Apply(event.number_settings_changed(), aggregate, at, rows);
    case InventoryEvent::kNumberUseChanged:
      return Change(event.number_use_changed().number(), NumberChange::USE_CHANGED, aggregate, at,
                    rows);
    case InventoryEvent::kNumbersAssigned:
      return Apply(event.numbers_assigned(), aggregate, at, rows);
    case InventoryEvent::kNumbersUnassigned:
      return Apply(event.numbers_unassigned(), aggregate, at, rows);
    case InventoryEvent::kActivationCompleted:
      return Change(event.activation_completed().number(), NumberChange::ACTIVATED, aggregate, at,
                    rows);
    case InventoryEvent::kActivationFailed:
      return Change(event.activation_failed().number(), NumberChange::ACTIVATION_FAILED, aggregate,
                    at, rows);
    case InventoryEvent::kNumbersPortedOut:
      return Apply(event.numbers_ported_out(), aggregate, at, rows);
    case InventoryEvent::kNumbersLeaving:
      return Mark(event.numbers_leaving().numbers(), event.numbers_leaving().port_out(), aggregate,
                  rows);
    case InventoryEvent::kNumbersStaying:
      return Mark(event.numbers_staying().numbers(), "", aggregate, rows);
    case InventoryEvent::kNumbersRequested:
    case InventoryEvent::kHoldFailed:
    case InventoryEvent::kNumbersReturned:
    case InventoryEvent::kReleaseForgotten:
      return;  // nothing that an organization has
    case InventoryEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
