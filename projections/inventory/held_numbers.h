// Numbers under their digits, whoever holds them: for the views that are asked by number, not by
// organization. A row is kept under the organization too, so that each is written from one
// partition only; the former holder's goes with its release.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "controlplane/kernel/e164.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "dialtone/inventory/v1/number.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/snapshot.h"

namespace dialtone::projections {

// Key(digits, organization).
using HeldNumbers = RowTable<inventory::v1::Number>;

// Each as a whole: the event says once what they have in common.
std::vector<inventory::v1::Number> Acquired(const inventory::v1::NumbersAcquired& event);

// The number as the event leaves it.
inventory::v1::Number Assigned(inventory::v1::Number before,
                               const inventory::v1::NumberAssignment& assignment,
                               const inventory::v1::NumbersAssigned& event);
inventory::v1::Number Unassigned(inventory::v1::Number before,
                                 const inventory::v1::NumbersUnassigned& event);

void ProjectHeld(const inventory::v1::InventoryEvent& event, const std::string& organization,
                 HeldNumbers table, RowWriter& rows);

// None: nobody here holds it.
std::optional<inventory::v1::Number> FindHeld(const Snapshot& rows, HeldNumbers table, E164 number);

}  // namespace dialtone::projections
