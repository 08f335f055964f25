#include "controlplane/domain/inventory/rules.h"

#include <algorithm>

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

}  // namespace

std::uint64_t OpenReservations(const State& state) {
  std::uint64_t count = state.reservations.size();
  for (const auto& [name, pending] : state.pending) count += IsReservation(pending) ? 1 : 0;
  return count;
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

NumberLocated Locate(const Number& number, const std::string& location) {
  NumberLocated located;
  *located.mutable_number() = number;
  located.mutable_number()->set_location(location);
  return located;
}

Number PortedNumber(std::string_view organization, E164 number, NumberType type,
                    const std::string& hold, Timestamp now) {
  Number ported;
  ported.set_name(NumberName(organization, number));
  ported.set_e164(number.text());
  ported.set_type(type);
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
