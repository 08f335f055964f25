#include "projections/inventory/inventory_rows.h"

#include "controlplane/kernel/e164.h"

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

void Apply(const NumbersReserved& event, const std::string& organization, RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
}

void Apply(const ReservationExtended& event, const std::string& organization, RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
}

void Apply(const ReservationEnded& event, const std::string& organization, RowWriter& rows) {
  rows.Erase(kReservations, Key(organization, event.reservation()));
}

void Apply(const NumbersAcquired& event, const std::string& organization, RowWriter& rows) {
  Keep(event.reservation(), organization, rows);
  for (const Number& number : event.numbers())
    rows.Put(kNumbers, Key(organization, E164::Parse(number.e164())->digits()), number);
}

}  // namespace

void Project(const InventoryEvent& event, const std::string& aggregate, Moment, RowWriter& rows) {
  switch (event.event_case()) {
    case InventoryEvent::kNumbersReserved:
      return Apply(event.numbers_reserved(), aggregate, rows);
    case InventoryEvent::kReservationExtended:
      return Apply(event.reservation_extended(), aggregate, rows);
    case InventoryEvent::kReservationEnded:
      return Apply(event.reservation_ended(), aggregate, rows);
    case InventoryEvent::kNumbersAcquired:
      return Apply(event.numbers_acquired(), aggregate, rows);
    case InventoryEvent::kNumbersRequested:
    case InventoryEvent::kHoldFailed:
    case InventoryEvent::kNumbersReturned:
      return;  // nothing that an organization has
    case InventoryEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
