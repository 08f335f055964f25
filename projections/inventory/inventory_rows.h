// What the inventory view keeps of numbers and reservations.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "dialtone/inventory/v1/number.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

// Key(organization, reservation): both by their full names.
inline constexpr RowTable<inventory::v1::Reservation> kReservations{30};
// Key(organization, digits).
inline constexpr RowTable<inventory::v1::Number> kNumbers{31};
// Key(digits, time, organization, index of the entry, 0, 1, 2 … in it): the story of each number.
inline constexpr RowTable<inventory::v1::NumberChange> kNumberChanges{32};
// Key(organization, type): numbers held from stock; what counts against the quota.
inline constexpr RowTable<inventory::v1::NumberCount> kNumberCounts{33};
// Key(organization).
inline constexpr RowTable<inventory::v1::NumberSettings> kNumberSettings{34};
// Those that the carrier has something to do with.
inline constexpr WaitingTable<inventory::v1::Number> kActivations{{35}, {36}};

void Project(const inventory::v1::InventoryEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows);

}  // namespace dialtone::projections
