// What the inventory view keeps of emergency addresses and their locations.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/emergency/v1/address.pb.h"
#include "dialtone/emergency/v1/emergency_event.pb.h"
#include "projections/inventory/held_numbers.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

// Key(organization, address): both by their full names.
inline constexpr RowTable<emergency::v1::Address> kAddresses{60};
// Key(address, location), likewise.
inline constexpr RowTable<emergency::v1::Location> kLocations{61};
// Those that the address authority has not answered.
inline constexpr WaitingTable<emergency::v1::Address> kValidations{{62}, {64}};

// Who may call for help, by number.
inline constexpr HeldNumbers kCallers{63};

void Project(const emergency::v1::EmergencyEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows);

}  // namespace dialtone::projections
