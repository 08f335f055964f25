// What other slices may ask of an organization's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/e164.h"

namespace dialtone::inventory {

// Reservations that are open, or wait for their numbers: domain.md 3.2.
std::uint64_t OpenReservations(const State& state);
// Numbers in them.
std::uint64_t ReservedNumbers(const State& state);
// Numbers that count against the quota of their type: held from stock, reserved, or waited for.
std::uint64_t NumbersCounted(const State& state, NumberType type);
// Null: not held.
const Number* FindNumber(const State& state, E164 number);

// `organizations/contoso/numbers/12065550100`.
std::string NumberName(std::string_view organization, E164 number);

// What is due first. REQUIRES: a deadline.
ExpireReservation Due(const State& state);

}  // namespace dialtone::inventory
