// What the inventory view keeps of organizations and their users.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/organizations/v1/organization.pb.h"
#include "dialtone/organizations/v1/organizations_event.pb.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// Key(organization). Deleted ones stay, as they were last.
inline constexpr RowTable<organizations::v1::Organization> kOrganizations{10};
// Key(organization, user): both by their full names.
inline constexpr RowTable<organizations::v1::User> kUsers{11};

void Project(const organizations::v1::OrganizationsEvent& event, const std::string& aggregate,
             Moment at, RowWriter& rows);

}  // namespace dialtone::projections
