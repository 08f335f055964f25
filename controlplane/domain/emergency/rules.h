// What other slices may ask of an organization's emergency addresses.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/emergency/state.h"
#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/rules.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"

namespace dialtone::emergency {

// Null: not there.
const Location* FindLocation(const State& state, const std::string& location);
// The address that a location is of. REQUIRES: the location is there.
const Address& AddressOf(const State& state, const std::string& location);

// A number of this country comes with its location: domain.md 3.5, 5.3.
bool IsDueAtAcquisition(const policy::Policy& policy, std::string_view country, Timestamp at);

// All rules for the number to call from `location`, in the order of the enum: there, validated, of
// the number's country, of its city where the country wants that, the disclaimer accepted. What is
// not known of the number, as the city of a ported one, is not compared.
Rules& RequireFits(Rules& rules, const State& state, const std::string& location,
                   const inventory::Number& number, const Context& context);

// Numbers that would have no place any more, in E.164: without that location, or that address.
std::vector<std::string> NumbersAt(const inventory::State& inventory, std::string_view location);
std::vector<std::string> NumbersOfAddress(const inventory::State& inventory,
                                          std::string_view address);

// What in the address is not written as its country does. For the border: before the text is
// sealed.
Malformation Malformed(const CivicAddress& civic, const policy::Policy& policy, Timestamp at);

}  // namespace dialtone::emergency
