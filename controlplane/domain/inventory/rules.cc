#include "controlplane/domain/inventory/rules.h"

namespace dialtone::inventory {

std::uint64_t OpenReservations(const State& state) {
  return state.reservations.size() + state.pending.size();
}

std::uint64_t ReservedNumbers(const State& state) {
  std::uint64_t count = 0;
  for (const auto& [name, reservation] : state.reservations)
    count += static_cast<std::uint64_t>(reservation.numbers_size());
  for (const auto& [name, pending] : state.pending) count += pending.quantity();
  return count;
}

std::uint64_t NumbersCounted(const State& state, NumberType type) {
  std::uint64_t count = state.from_stock[static_cast<std::size_t>(type)];
  for (const auto& [name, reservation] : state.reservations) {
    if (reservation.type() == type) count += static_cast<std::uint64_t>(reservation.numbers_size());
  }
  for (const auto& [name, pending] : state.pending) {
    if (pending.reservation().type() == type) count += pending.quantity();
  }
  return count;
}

const Number* FindNumber(const State& state, E164 number) {
  return state.numbers.Find(number.digits());
}

std::string NumberName(std::string_view organization, E164 number) {
  return std::string(organization) + "/numbers/" + std::to_string(number.digits());
}

ExpireReservation Due(const State& state) {
  ExpireReservation due;
  due.set_reservation(state.deadlines.First()->what);
  return due;
}

}  // namespace dialtone::inventory
