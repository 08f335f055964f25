#include "controlplane/domain/inventory/decide.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/domain/inventory/quota.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

namespace {

struct ReservationTag {
  static constexpr const char* kPrefix = "r";
};

// Each number once, in order.
std::set<std::string> Wanted(const ReserveNumbersRequest& request) {
  return {request.numbers().begin(), request.numbers().end()};
}

std::uint32_t Quantity(const ReserveNumbersRequest& request) {
  const auto wanted = static_cast<std::uint32_t>(Wanted(request).size());
  return wanted == 0 ? request.quantity() : wanted;
}

// The blocks to ask: those of the numbers that are wanted, or what the stock view proposes.
std::vector<std::uint64_t> Blocks(const ReserveNumbersRequest& request) {
  if (request.numbers().empty()) return {request.blocks().begin(), request.blocks().end()};
  std::set<std::uint64_t> blocks;
  for (const std::string& number : request.numbers()) blocks.insert(E164::Parse(number)->block());
  return {blocks.begin(), blocks.end()};
}

// Each once; empty: of no one country, as the toll-free numbers of +1.
std::set<std::string> Countries(const ReserveNumbersRequest& request,
                                const policy::Policy& policy) {
  if (request.numbers().empty()) return {request.area().country()};
  std::set<std::string> countries;
  for (const std::string& number : request.numbers())
    countries.emplace(policy.CountryOf(*E164::Parse(number)));
  return countries;
}

// The first country where none are sold; if there is none, the first.
std::string CountryInQuestion(const ReserveNumbersRequest& request, Context& context) {
  const auto countries = Countries(request, context.policy());
  const auto found =
      std::find_if(countries.begin(), countries.end(), [&](const std::string& country) {
        return !IsSold(request.type(), country, context.policy(), context.now());
      });
  return found == countries.end() ? *countries.begin() : *found;
}

PendingHold NewHold(const ReserveNumbersRequest& request, Context& context) {
  PendingHold hold;
  Reservation& reservation = *hold.mutable_reservation();
  reservation.set_name(request.parent() + "/reservations/" +
                       context.NewId<ReservationTag>().text());
  reservation.set_type(request.type());
  *reservation.mutable_area() = request.area();
  hold.set_request_id(context.request_id().bytes());
  hold.set_quantity(Quantity(request));
  for (const std::uint64_t block : Blocks(request)) hold.add_blocks(block);
  for (const std::string& number : Wanted(request)) hold.add_wanted(number);
  return hold;
}

NumbersRequested Ask(PendingHold hold) {
  NumbersRequested event;
  *event.mutable_pending() = std::move(hold);
  return event;
}

// The hold with what its first block has picked.
PendingHold With(const PendingHold& pending, const SettleHold& settled) {
  PendingHold hold = pending;
  hold.mutable_held()->MergeFrom(settled.numbers());
  hold.mutable_blocks()->erase(hold.blocks().begin());
  if (settled.numbers().empty()) return hold;
  BlockArea& area = *hold.mutable_reservation()->add_block_areas();
  area.set_block(settled.block());
  *area.mutable_area() = settled.area();
  return hold;
}

HoldFailed Fail(const PendingHold& hold) {
  HoldFailed event;
  event.set_reservation(hold.reservation().name());
  *event.mutable_numbers() = hold.held();
  return event;
}

NumbersReserved Reserve(const PendingHold& hold, Context& context) {
  NumbersReserved event;
  Reservation& reservation = *event.mutable_reservation();
  reservation = hold.reservation();
  *reservation.mutable_numbers() = hold.held();
  *reservation.mutable_create_time() = ToProto(context.now());
  *reservation.mutable_expire_time() =
      ToProto(context.now() + FromProto(context.policy().reservations().ttl()));
  return event;
}

ReservationEnded End(const Reservation& reservation, ReservationEnded::Reason reason) {
  ReservationEnded event;
  event.set_reservation(reservation.name());
  *event.mutable_numbers() = reservation.numbers();
  event.set_reason(reason);
  return event;
}

}  // namespace

// 10 open reservations, 200 numbers in them: domain.md 3.2. Quota: 2.6. The blocks pick the
// numbers; SettleHold answers.
Verdict<Reservation> Decide(const ReserveNumbersRequest& request, const Organization& organization,
                            Context& context) {
  const auto& limits = context.policy().reservations();
  const auto open = OpenReservations(organization.inventory);
  const auto reserved = ReservedNumbers(organization.inventory);
  const auto counted = NumbersCounted(organization.inventory, request.type());
  const auto quota = NumberQuota(request.type(), organization.licensing, context.policy());
  const auto asked = Quantity(request);
  const auto country = CountryInQuestion(request, context);
  const bool says_where = !request.numbers().empty() || !request.area().country().empty();

  Rules rules = context.rules();
  rules.Require(asked > 0 && says_where, NOTHING_ASKED_FOR, Named{"asked", asked})
      .Require(IsSold(request.type(), country, context.policy(), context.now()), NUMBERS_NOT_SOLD,
               Named{"type", request.type()}, Named{"country", country})
      .Require(open < limits.open_max(), TOO_MANY_RESERVATIONS, Named{"open", open},
               Named{"max", limits.open_max()})
      .Require(reserved + asked <= limits.numbers_max(), TOO_MANY_RESERVED_NUMBERS,
               Named{"reserved", reserved}, Named{"asked", asked},
               Named{"max", limits.numbers_max()})
      .Require(counted + asked <= quota, QUOTA_EXCEEDED, Named{"quota", quota},
               Named{"held", counted}, Named{"asked", asked})
      .Require(IsFunded(request.type(), organization.billing), TOLL_FREE_NEEDS_CREDITS)
      .Require(!Blocks(request).empty(), STOCK_EXHAUSTED, Named{"asked", asked}, Named{"found", 0});
  if (!rules) return rules.refusal();

  return Pending(Ask(NewHold(request, context)));
}

// A block has picked. What nobody waits for any more goes back.
Verdict<Nothing> Decide(const SettleHold& settled, const Organization& organization,
                        Context& context) {
  const PendingHold* const pending = organization.inventory.pending.Find(settled.hold());
  if (pending == nullptr) {
    NumbersReturned returned;
    returned.set_hold(settled.hold());
    *returned.mutable_numbers() = settled.numbers();
    return Done(std::move(returned));
  }
  const PendingHold hold = With(*pending, settled);
  const auto found = static_cast<std::uint32_t>(hold.held_size());
  const bool is_complete = found == hold.quantity();
  if (!is_complete && !hold.blocks().empty()) return Done(Ask(hold));
  const RequestId request(hold.request_id());
  if (found > 0 && !hold.restoring().empty())
    return SettleRestore(hold, organization.emergency, context.now());
  if (!is_complete) {
    return Refused(request,
                   Reject(STOCK_EXHAUSTED, Named{"asked", hold.quantity()}, Named{"found", found}),
                   Fail(hold));
  }
  const NumbersReserved reserved = Reserve(hold, context);
  return Answered(request, reserved.reservation(), reserved);
}

// Sliding, to 2 hours after the reservation was made: domain.md 3.2, 13.
Verdict<Reservation> Decide(const ExtendReservationRequest& request,
                            const Organization& organization, Context& context) {
  const Reservation* const reservation =
      FindOpenReservation(organization.inventory, request.name(), context.now());
  if (reservation == nullptr)
    return tl::unexpected(Reject(RESERVATION_NOT_FOUND, Named{"reservation", request.name()}));
  const auto& limits = context.policy().reservations();
  const Timestamp latest = FromProto(reservation->create_time()) + FromProto(limits.ttl_max());
  const Timestamp until = std::min(context.now() + FromProto(limits.ttl()), latest);

  Rules rules = context.rules();
  rules.Require(until > FromProto(reservation->expire_time()), EXTENDED_TOO_LONG,
                Named{"seconds_max", limits.ttl_max().seconds()});
  if (!rules) return rules.refusal();

  ReservationExtended extended;
  *extended.mutable_reservation() = *reservation;
  *extended.mutable_reservation()->mutable_expire_time() = ToProto(until);
  return Replied(extended.reservation(), extended);
}

Verdict<ReleaseReservationResponse> Decide(const ReleaseReservationRequest& request,
                                           const Organization& organization, Context& context) {
  const Reservation* const reservation =
      FindOpenReservation(organization.inventory, request.name(), context.now());
  if (reservation == nullptr)
    return tl::unexpected(Reject(RESERVATION_NOT_FOUND, Named{"reservation", request.name()}));
  ReleaseReservationResponse response;
  *response.mutable_numbers() = reservation->numbers();
  return Replied(std::move(response), End(*reservation, ReservationEnded::RELEASED));
}

Verdict<Nothing> Decide(const ExpireReservation& due, const Organization& organization, Context&) {
  return Done(
      End(*organization.inventory.reservations.Find(due.reservation()), ReservationEnded::EXPIRED));
}

}  // namespace dialtone::inventory
