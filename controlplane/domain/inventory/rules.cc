#include "controlplane/domain/inventory/rules.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>

#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/licensing/rules.h"

namespace dialtone::inventory {

namespace {

bool IsReservation(const PendingHold& pending) { return pending.restoring().empty(); }

// Numbers of the type that it may become.
std::uint64_t Awaited(const PendingHold& pending, NumberType type) {
  if (IsReservation(pending)) return pending.reservation().type() == type ? pending.quantity() : 0;
  const auto is_counted = [&](const Number& number) { return number.type() == type; };
  return static_cast<std::uint64_t>(
      std::count_if(pending.restoring().begin(), pending.restoring().end(), is_counted));
}

// Phone System, and a plan or pay-as-you-go: domain.md 2.2, 3.5.
bool MayHaveNumber(const licensing::State& licenses, const std::string& user,
                   const policy::Policy& policy) {
  return licensing::Has(licenses, user, policy::v1::SKU_KIND_PHONE_SYSTEM, policy) &&
         licensing::HasPlan(licenses, user, policy);
}

// For people: the day and hour, or that it has no end.
std::string EndOf(const AssignmentBlock* block) {
  if (block == nullptr) return "";
  return block->has_end_time() ? google::protobuf::util::TimeUtil::ToString(block->end_time())
                               : "never";
}

}  // namespace

std::uint64_t OpenReservations(const State& state) {
  std::uint64_t count = state.reservations.size();
  for (const auto& [name, pending] : state.pending) count += IsReservation(pending) ? 1 : 0;
  return count;
}

std::uint64_t PendingRestorations(const State& state) {
  std::uint64_t count = 0;
  for (const auto& [name, pending] : state.pending) count += IsReservation(pending) ? 0 : 1;
  return count;
}

const Reservation* FindOpenReservation(const State& state, const std::string& name, Timestamp now) {
  const Reservation* const reservation = state.reservations.Find(name);
  if (reservation == nullptr || FromProto(reservation->expire_time()) <= now) return nullptr;
  return reservation;
}

std::uint64_t ReservedNumbers(const State& state) {
  std::uint64_t count = 0;
  for (const auto& [name, reservation] : state.reservations)
    count += static_cast<std::uint64_t>(reservation.numbers_size());
  for (const auto& [name, pending] : state.pending)
    count += IsReservation(pending) ? pending.quantity() : 0;
  return count;
}

std::uint64_t NumbersCounted(const State& state, NumberType type) {
  std::uint64_t count = state.from_stock[static_cast<std::size_t>(type)];
  for (const auto& [name, reservation] : state.reservations) {
    if (reservation.type() == type) count += static_cast<std::uint64_t>(reservation.numbers_size());
  }
  for (const auto& [name, pending] : state.pending) count += Awaited(pending, type);
  return count;
}

const Number* FindNumber(const State& state, E164 number) {
  return state.numbers.Find(number.digits());
}

const Number* FindNumber(const State& state, std::string_view name) {
  const auto number = E164::Parse("+" + std::string(name.substr(name.rfind('/') + 1)));
  return number ? FindNumber(state, *number) : nullptr;
}

std::vector<const Number*> NumbersOf(const State& state, const std::string& assignee) {
  std::vector<const Number*> numbers;
  for (auto entry = state.assigned.lower_bound({assignee, 0});
       entry != state.assigned.end() && entry->first == assignee; ++entry) {
    numbers.push_back(state.numbers.Find(entry->second));
  }
  return numbers;
}

std::string NumberName(std::string_view organization, E164 number) {
  return std::string(organization) + "/numbers/" + std::to_string(number.digits());
}

std::string CountryOf(const Number& number, const policy::Policy& policy) {
  if (!number.area().country().empty()) return number.area().country();
  return std::string(policy.CountryOf(*E164::Parse(number.e164())));
}

// In +1 the three digits that policy knows places by are the area code.
Area AreaOf(E164 number, const policy::Policy& policy) {
  constexpr std::size_t kOneAndAreaCode = 4;
  Area area;
  const auto* const prefix = policy.PrefixOf(number);
  if (prefix == nullptr) return area;
  area.set_country(prefix->iso());
  area.set_region(prefix->region());
  const std::string& digits = prefix->prefix();
  if (digits.size() == kOneAndAreaCode && digits.front() == '1')
    area.set_area_code(digits.substr(1));
  return area;
}

std::string NumberHadBy(const State& state, const std::string& user) {
  const auto had = NumbersOf(state, user);
  return had.empty() ? "" : had.front()->e164();
}

Rules& RequireAssignable(Rules& rules, const Assignment& asked, const Context& context) {
  const Number& number = asked.number;
  const std::string& user = asked.user.name();
  const std::string country = CountryOf(number, context.policy());
  const bool is_licensed = MayHaveNumber(asked.licensing, user, context.policy());
  const AssignmentBlock* const block = BlockAt(number, context.now());
  rules
      .Require(number.assignee().empty(), NUMBER_IN_USE, Named{"number", number.e164()},
               Named{"assignee", number.assignee()})
      .Require(
          block == nullptr, NUMBER_BLOCKED, Named{"number", number.e164()},
          Named{"until", EndOf(block)},
          Named{"cause", block == nullptr ? AssignmentBlock::CAUSE_UNSPECIFIED : block->cause()},
          Named{"reason", block == nullptr ? "" : block->reason()})
      .Require(number.port_out().empty(), NUMBER_LEAVING, Named{"number", number.e164()},
               Named{"port_out", number.port_out()})
      .Require(number.type() == SUBSCRIBER, NUMBER_NOT_FOR_USERS, Named{"type", number.type()})
      .Require(asked.had.empty(), USER_HAS_NUMBER, Named{"number", asked.had})
      .Require(is_licensed, USER_WITHOUT_LICENSE, Named{"user", user})
      .Require(country == asked.user.usage_location(), NUMBER_OF_OTHER_COUNTRY,
               Named{"number_country", country},
               Named{"usage_location", asked.user.usage_location()})
      .Require(!asked.location.empty(), NUMBER_LOCATION_MISSING, Named{"country", country});
  if (asked.location.empty()) return rules;
  return emergency::RequireFits(rules, asked.emergency, asked.location, number, context);
}

NumberAssigned Assign(const Assignment& asked, Context& context) {
  NumberAssigned assigned;
  Number& number = *assigned.mutable_number();
  number = asked.number;
  number.set_assignee(asked.user.name());
  number.set_state(Number::ASSIGNED);
  number.set_location(asked.location);
  number.clear_assignment_block();
  *number.mutable_activation() = NewActivation(Activation::ASSIGNMENT_PENDING, context);
  return assigned;
}

// An assignment that the carrier has not confirmed is still that, at another place.
NumberLocated Locate(const Number& number, const std::string& location, Context& context) {
  const auto state = number.activation().state();
  const bool is_assigned =
      state != Activation::ASSIGNMENT_PENDING && state != Activation::ASSIGNMENT_FAILED;
  NumberLocated located;
  *located.mutable_number() = number;
  located.mutable_number()->set_location(location);
  *located.mutable_number()->mutable_activation() = NewActivation(
      is_assigned ? Activation::UPDATE_PENDING : Activation::ASSIGNMENT_PENDING, context);
  return located;
}

Number PortedNumber(std::string_view organization, E164 number, NumberType type,
                    const std::string& hold, const policy::Policy& policy, Timestamp now) {
  Number ported;
  ported.set_name(NumberName(organization, number));
  ported.set_e164(number.text());
  ported.set_type(type);
  *ported.mutable_area() = AreaOf(number, policy);
  ported.set_source(Number::PORTED);
  *ported.mutable_acquire_time() = ToProto(now);
  ported.set_hold(hold);
  ported.set_state(Number::UNASSIGNED);
  return ported;
}

std::variant<ExpireReservation, ForgetRelease> Due(const State& state) {
  const std::string& what = state.deadlines.First()->what;
  if (state.reservations.Has(what)) {
    ExpireReservation expire;
    expire.set_reservation(what);
    return expire;
  }
  ForgetRelease forget;
  forget.set_release(what);
  return forget;
}

}  // namespace dialtone::inventory
