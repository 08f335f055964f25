// What other slices may ask of an organization's numbers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

// Reservations that are open, or wait for their numbers: domain.md 3.2.
std::uint64_t OpenReservations(const State& state);
// Numbers in them.
std::uint64_t ReservedNumbers(const State& state);
// Numbers that count against the quota of their type: held from stock, reserved, or waited for.
std::uint64_t NumbersCounted(const State& state, NumberType type);
// Null: not held.
const Number* FindNumber(const State& state, E164 number);
// By its resource name; null: not held, or no number's name.
const Number* FindNumber(const State& state, std::string_view name);
// The numbers that a user, bridge, queue or attendant has, in order; a user has one at most.
std::vector<const Number*> NumbersOf(const State& state, const std::string& assignee);

// `organizations/contoso/numbers/12065550100`.
std::string NumberName(std::string_view organization, E164 number);

// Where the number is, if its block or its digits tell.
std::string CountryOf(const Number& number, const policy::Policy& policy);

// Help is sent to this location from now on.
NumberLocated Locate(const Number& number, const std::string& location);
// A number that was another carrier's: of a port order, whose name is its hold in the block.
Number PortedNumber(std::string_view organization, E164 number, NumberType type,
                    const std::string& hold, Timestamp now);

// What is due first. REQUIRES: a deadline.
std::variant<ExpireReservation, ForgetRelease> Due(const State& state);

}  // namespace dialtone::inventory
