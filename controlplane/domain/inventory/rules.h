// What other slices may ask of an organization's numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "controlplane/domain/emergency/state.h"
#include "controlplane/domain/inventory/state.h"
#include "controlplane/domain/licensing/state.h"
#include "controlplane/domain/organizations/state.h"
#include "controlplane/domain/porting/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/rules.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"

namespace dialtone::inventory {

// Reservations that are open, or wait for their numbers: domain.md 3.2.
std::uint64_t OpenReservations(const State& state);
// Releases that are being undone: the blocks have not answered yet.
std::uint64_t PendingRestorations(const State& state);
// Null: there is none of this name, or it is over, though its timer may come later in this entry.
const Reservation* FindOpenReservation(const State& state, const std::string& name, Timestamp now);
// Numbers in open reservations.
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
// What the digits alone tell of where a number is.
Area AreaOf(E164 number, const policy::Policy& policy);

// Whether the port order that a number came with is still under way: domain.md 3.6.
enum class PortProgress : std::uint8_t { kNone, kUnderWay };
PortProgress PortOf(const Number& number, const porting::State& ports);
PortProgress ProgressOf(porting::v1::PortOrder::State order);

// Null: there is none, or it has run out.
const AssignmentBlock* BlockAt(const Number& number, Timestamp at);
// The matrix of domain.md 12, by the number alone.
bool Allows(const Number& number, PortProgress port, NumberAction action, Timestamp at);
std::vector<NumberAction> AllowedActions(const Number& number, PortProgress port, Timestamp at);
// As it is shown to callers: with its allowed actions, and without a block that has run out.
Number Shown(Number number, PortProgress port, Timestamp at);
// As the carrier is shown it: nothing that is the organization's own matter.
Number ForCarrier(Number number);
// The carrier has not answered.
bool IsPending(const Activation& activation);
// Something else is asked of the carrier now: an earlier answer counts no more.
Activation NewActivation(Activation::State state, Context& context);

// A number that a user is to have, with what decides about that. `location`: where help is sent
// then; empty: nobody knows. `had`: the number that the user has, in E.164; empty: none.
struct Assignment {
  const Number& number;
  const organizations::User& user;
  const std::string& location;
  const std::string& had;
  const licensing::State& licensing;
  const emergency::State& emergency;
};
std::string NumberHadBy(const State& state, const std::string& user);
// Licence, then number, then location (domain.md 3.5), in the order of the enums.
Rules& RequireAssignable(Rules& rules, const Assignment& asked, const Context& context);
// REQUIRES: RequireAssignable.
NumberAssigned Assign(const Assignment& asked, Context& context);

// What keeps a number from the next one for the days that the organization wants; none: nothing.
std::optional<AssignmentBlock> CoolingOff(const State& state, const Context& context);
// Only who had them goes: they keep the locations that help is sent to. By digits.
NumbersUnassigned Unassign(const std::vector<std::uint64_t>& numbers, const State& state,
                           Context& context);

// Help is sent to this location from now on.
NumberLocated Locate(const Number& number, const std::string& location, Context& context);
// A number that was another carrier's: of a port order, whose name is its hold in the block.
Number PortedNumber(std::string_view organization, E164 number, NumberType type,
                    const std::string& hold, const policy::Policy& policy, Timestamp now);

// What is due first. REQUIRES: a deadline.
std::variant<ExpireReservation, ForgetRelease> Due(const State& state);

}  // namespace dialtone::inventory
