// What the inventory view keeps of licences.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/licensing/v1/license.pb.h"
#include "dialtone/licensing/v1/licensing_event.pb.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// Key(organization, SKU).
inline constexpr RowTable<licensing::v1::LicensePool> kLicensePools{20};
// Key(organization, user), both by their full names: users that have a licence.
inline constexpr RowTable<licensing::v1::UserLicenses> kUserLicenses{21};
// Key(organization, SKU, user).
inline constexpr RowTable<licensing::v1::LicenseAssignment> kLicenseAssignments{22};

void Project(const licensing::v1::LicensingEvent& event, const std::string& aggregate, Moment at,
             RowWriter& rows);

}  // namespace dialtone::projections
