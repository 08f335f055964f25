#include "projections/inventory/held_numbers.h"

namespace dialtone::projections {

namespace {

using inventory::v1::InventoryEvent;
using inventory::v1::Number;

void Keep(const Number& number, const std::string& organization, HeldNumbers table,
          RowWriter& rows) {
  rows.Put(table, Key(E164::Parse(number.e164())->digits(), organization), number);
}

// With what they have in common.
Number Whole(const Number& part, const inventory::v1::NumbersAcquired& event) {
  Number number = event.common();
  number.MergeFrom(part);
  if (part.name().empty()) number.set_name(event.common().name() + part.e164().substr(1));
  return number;
}

template <class Numbers>
void KeepAll(const Numbers& numbers, const std::string& organization, HeldNumbers table,
             RowWriter& rows) {
  for (const Number& number : numbers) Keep(number, organization, table, rows);
}

void Drop(const inventory::v1::NumbersReleased& event, const std::string& organization,
          HeldNumbers table, RowWriter& rows) {
  for (const auto& released : event.numbers()) {
    for (const std::uint64_t digits : released.numbers())
      rows.Erase(table, Key(digits, organization));
  }
}

void AssignAll(const inventory::v1::NumbersAssigned& event, const std::string& organization,
               HeldNumbers table, RowWriter& rows) {
  for (const auto& assignment : event.assignments()) {
    const std::string key = Key(assignment.number(), organization);
    rows.Put(table, key, Assigned(*rows.Get(table, key), assignment, event));
  }
}

void UnassignAll(const inventory::v1::NumbersUnassigned& event, const std::string& organization,
                 HeldNumbers table, RowWriter& rows) {
  for (const std::uint64_t digits : event.numbers()) {
    const std::string key = Key(digits, organization);
    rows.Put(table, key, Unassigned(*rows.Get(table, key), event));
  }
}

void Drop(const inventory::v1::NumbersPortedOut& event, const std::string& organization,
          HeldNumbers table, RowWriter& rows) {
  for (const auto& group : event.numbers()) {
    for (const auto& gone : group.numbers()) rows.Erase(table, Key(gone.digits(), organization));
  }
}

}  // namespace

Number Assigned(Number before, const inventory::v1::NumberAssignment& assignment,
                const inventory::v1::NumbersAssigned& event) {
  before.set_assignee(event.users() + assignment.user());
  before.set_state(Number::ASSIGNED);
  before.set_location(event.locations(static_cast<int>(assignment.location())));
  before.clear_assignment_block();
  *before.mutable_activation() = event.activation();
  return before;
}

Number Unassigned(Number before, const inventory::v1::NumbersUnassigned& event) {
  before.clear_assignee();
  before.set_state(Number::UNASSIGNED);
  *before.mutable_activation() = event.activation();
  if (event.has_cooling_off()) *before.mutable_assignment_block() = event.cooling_off();
  return before;
}

std::vector<Number> Acquired(const inventory::v1::NumbersAcquired& event) {
  std::vector<Number> numbers;
  for (const Number& part : event.numbers()) numbers.push_back(Whole(part, event));
  return numbers;
}

void ProjectHeld(const InventoryEvent& event, const std::string& organization, HeldNumbers table,
                 RowWriter& rows) {
  switch (event.event_case()) {
    case InventoryEvent::kNumbersAcquired:
      return KeepAll(Acquired(event.numbers_acquired()), organization, table, rows);
    case InventoryEvent::kNumbersPortedIn:
      return KeepAll(event.numbers_ported_in().numbers(), organization, table, rows);
    case InventoryEvent::kNumbersRestored:
      return KeepAll(event.numbers_restored().numbers(), organization, table, rows);
    case InventoryEvent::kNumberAssigned:
      return Keep(event.number_assigned().number(), organization, table, rows);
    case InventoryEvent::kNumberUnassigned:
      return Keep(event.number_unassigned().number(), organization, table, rows);
    case InventoryEvent::kNumberLocated:
      return Keep(event.number_located().number(), organization, table, rows);
    case InventoryEvent::kNumberBlocked:
      return Keep(event.number_blocked().number(), organization, table, rows);
    case InventoryEvent::kNumberUnblocked:
      return Keep(event.number_unblocked().number(), organization, table, rows);
    case InventoryEvent::kNumberTagsChanged:
      return Keep(event.number_tags_changed().number(), organization, table, rows);
    case InventoryEvent::kNumberUseChanged:
      return Keep(event.number_use_changed().number(), organization, table, rows);
    case InventoryEvent::kNumbersAssigned:
      return AssignAll(event.numbers_assigned(), organization, table, rows);
    case InventoryEvent::kNumbersUnassigned:
      return UnassignAll(event.numbers_unassigned(), organization, table, rows);
    case InventoryEvent::kActivationCompleted:
      return Keep(event.activation_completed().number(), organization, table, rows);
    case InventoryEvent::kActivationFailed:
      return Keep(event.activation_failed().number(), organization, table, rows);
    case InventoryEvent::kNumbersReleased:
      return Drop(event.numbers_released(), organization, table, rows);
    case InventoryEvent::kNumbersPortedOut:
      return Drop(event.numbers_ported_out(), organization, table, rows);
    case InventoryEvent::kNumbersLeaving:
    case InventoryEvent::kNumbersStaying:
    case InventoryEvent::kNumbersRequested:
    case InventoryEvent::kNumbersReserved:
    case InventoryEvent::kHoldFailed:
    case InventoryEvent::kNumbersReturned:
    case InventoryEvent::kReservationExtended:
    case InventoryEvent::kReservationEnded:
    case InventoryEvent::kReleaseForgotten:
    case InventoryEvent::kNumberSettingsChanged:
      return;  // no call goes there
    case InventoryEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

std::optional<Number> FindHeld(const Snapshot& rows, HeldNumbers table, E164 number) {
  std::optional<Number> found;
  rows.ForEach<Number>(table, {Key(number.digits()), "", ""},
                       [&](std::string_view, const Number& row) {
                         found = row;
                         return Walk::kOn;
                       });
  return found;
}

}  // namespace dialtone::projections
