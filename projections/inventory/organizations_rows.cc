#include "projections/inventory/organizations_rows.h"

namespace dialtone::projections {

namespace {

using namespace organizations::v1;

void Keep(const organizations::v1::Organization& organization, RowWriter& rows) {
  rows.Put(kOrganizations, Key(organization.name()), organization);
}

void Keep(const User& user, const std::string& organization, RowWriter& rows) {
  rows.Put(kUsers, Key(organization, user.name()), user);
}

}  // namespace

void Project(const OrganizationsEvent& event, const std::string& aggregate, Moment,
             RowWriter& rows) {
  switch (event.event_case()) {
    case OrganizationsEvent::kOrganizationCreated:
      return Keep(event.organization_created().organization(), rows);
    case OrganizationsEvent::kOrganizationUpdated:
      return Keep(event.organization_updated().organization(), rows);
    case OrganizationsEvent::kOrganizationSuspended:
      return Keep(event.organization_suspended().organization(), rows);
    case OrganizationsEvent::kOrganizationResumed:
      return Keep(event.organization_resumed().organization(), rows);
    case OrganizationsEvent::kOrganizationDeleted:
      return Keep(event.organization_deleted().organization(), rows);
    case OrganizationsEvent::kUsersCreated:
      for (const User& user : event.users_created().users()) Keep(user, aggregate, rows);
      return;
    case OrganizationsEvent::kUserUpdated:
      return Keep(event.user_updated().user(), aggregate, rows);
    case OrganizationsEvent::kUserDeleted:
      return rows.Erase(kUsers, Key(aggregate, event.user_deleted().user()));
    case OrganizationsEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
