// From reserved to held: domain.md 3.2, 3.5.
#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/quota.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/organizations/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

using Texts = std::set<std::string>;

Texts Wanted(const AcquireNumbersRequest& request, const Texts& reserved) {
  if (request.numbers().empty()) return reserved;
  return {request.numbers().begin(), request.numbers().end()};
}

std::string FirstNotIn(const Texts& reserved, const Texts& wanted) {
  const auto stranger = std::find_if(
      wanted.begin(), wanted.end(), [&](const auto& number) { return !reserved.contains(number); });
  return stranger == wanted.end() ? "" : *stranger;
}

// Where its block is: what was asked for may be less, or no place at all.
const Area& AreaIn(const Reservation& reservation, E164 number) {
  for (const BlockArea& known : reservation.block_areas()) {
    if (known.block() == number.block()) return known.area();
  }
  return Area::default_instance();
}

Number NewNumber(const std::string& e164, const Reservation& reservation,
                 const AcquireNumbersRequest& request, const std::string& organization,
                 Context& context) {
  const E164 digits = *E164::Parse(e164);
  Number number;
  number.set_name(NumberName(organization, digits));
  number.set_e164(e164);
  number.set_type(reservation.type());
  *number.mutable_area() = AreaIn(reservation, digits);
  number.set_source(Number::STOCK);
  *number.mutable_acquire_time() = ToProto(context.now());
  number.set_location(request.location());
  number.set_hold(reservation.name());
  number.set_state(Number::UNASSIGNED);
  return number;
}

// Those that become the organization's, and what is left of the reservation.
NumbersAcquired Take(const Texts& wanted, const Reservation& reservation,
                     const AcquireNumbersRequest& request, const std::string& organization,
                     Context& context) {
  NumbersAcquired acquired;
  *acquired.mutable_reservation() = reservation;
  acquired.mutable_reservation()->clear_numbers();
  for (const std::string& number : reservation.numbers()) {
    if (wanted.contains(number)) {
      *acquired.add_numbers() = NewNumber(number, reservation, request, organization, context);
    } else {
      acquired.mutable_reservation()->add_numbers(number);
    }
  }
  return acquired;
}

// What is the same for all stands once: the largest reservation fits one event.
NumbersAcquired Compact(const NumbersAcquired& whole) {
  NumbersAcquired compact;
  *compact.mutable_reservation() = whole.reservation();
  if (whole.numbers().empty()) return compact;
  Number& common = *compact.mutable_common();
  common = whole.numbers(0);
  common.set_name(common.name().substr(0, common.name().rfind('/') + 1));
  common.clear_e164();
  const std::string area = common.area().SerializeAsString();
  const bool is_one_area =
      std::all_of(whole.numbers().begin(), whole.numbers().end(),
                  [&](const Number& number) { return number.area().SerializeAsString() == area; });
  if (!is_one_area) common.clear_area();
  for (const Number& number : whole.numbers()) {
    Number& part = *compact.add_numbers();
    part.set_e164(number.e164());
    if (!is_one_area) *part.mutable_area() = number.area();
  }
  return compact;
}

// The first of them that comes with an address, as subscriber numbers of some countries do: 3.5.
// Null: none.
const Number* FirstWithAddress(const NumbersAcquired& acquired, Context& context) {
  for (const Number& number : acquired.numbers()) {
    const std::string country = CountryOf(number, context.policy());
    const bool is_due = emergency::IsDueAtAcquisition(context.policy(), country, context.now());
    if (number.type() == SUBSCRIBER && is_due) return &number;
  }
  return nullptr;
}

// One number of each block: the others are in the same place.
void RequireLocation(Rules& rules, const NumbersAcquired& acquired, const std::string& location,
                     const emergency::State& state, Context& context) {
  if (location.empty()) return;
  std::set<std::uint64_t> seen;
  for (const Number& number : acquired.numbers()) {
    if (seen.insert(E164::Parse(number.e164())->block()).second)
      emergency::RequireFits(rules, state, location, number, context);
  }
}

}  // namespace

// All or some of what is reserved; local, since the block knows the numbers as held already.
Verdict<AcquireNumbersResponse> Decide(const AcquireNumbersRequest& request,
                                       const Organization& organization, Context& context) {
  const Reservation* const reservation =
      FindOpenReservation(organization.inventory, request.reservation(), context.now());
  if (reservation == nullptr) {
    return tl::unexpected(
        Reject(RESERVATION_NOT_FOUND, Named{"reservation", request.reservation()}));
  }
  const Texts reserved(reservation->numbers().begin(), reservation->numbers().end());
  const Texts wanted = Wanted(request, reserved);
  const std::string unknown = FirstNotIn(reserved, wanted);
  const std::string& name = organizations::OrganizationName(organization.organizations);
  const NumbersAcquired acquired = Take(wanted, *reservation, request, name, context);
  const Number* const first = FirstWithAddress(acquired, context);

  Rules rules = context.rules();
  rules.Require(unknown.empty(), NUMBER_NOT_RESERVED, Named{"number", unknown})
      .Require(IsFunded(reservation->type(), organization.billing), TOLL_FREE_NEEDS_CREDITS)
      .Require(first == nullptr || !request.location().empty(), NUMBER_LOCATION_MISSING,
               Named{"country", first == nullptr ? "" : CountryOf(*first, context.policy())});
  RequireLocation(rules, acquired, request.location(), organization.emergency, context);
  if (!rules) return rules.refusal();

  AcquireNumbersResponse response;
  for (const Number& number : acquired.numbers()) {
    Number& shown = *response.add_numbers();
    shown = Shown(number, PortProgress::kNone, context.now());
    shown.clear_hold();
  }
  return Replied(std::move(response), Compact(acquired));
}

}  // namespace dialtone::inventory
