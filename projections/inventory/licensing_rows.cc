#include "projections/inventory/licensing_rows.h"

namespace dialtone::projections {

namespace {

using namespace licensing::v1;

void Keep(const LicensePool& pool, const std::string& organization, RowWriter& rows) {
  rows.Put(kLicensePools, Key(organization, pool.sku()), pool);
}

// The user's assignments are those of the licences: the earlier ones go, the present ones come.
void Keep(const UserLicenses& licenses, const std::string& organization, RowWriter& rows) {
  const std::string key = Key(organization, licenses.user());
  if (const auto earlier = rows.Get(kUserLicenses, key)) {
    for (const std::string& sku : earlier->skus())
      rows.Erase(kLicenseAssignments, Key(organization, sku, licenses.user()));
  }
  for (const std::string& sku : licenses.skus()) {
    LicenseAssignment assignment;
    assignment.set_user(licenses.user());
    assignment.set_sku(sku);
    rows.Put(kLicenseAssignments, Key(organization, sku, licenses.user()), assignment);
  }
  if (licenses.skus().empty()) {
    rows.Erase(kUserLicenses, key);
  } else {
    rows.Put(kUserLicenses, key, licenses);
  }
}

// What assigning, unassigning and swapping have alike.
template <class E>
void KeepAll(const E& event, const std::string& organization, RowWriter& rows) {
  for (const UserLicenses& licenses : event.users()) Keep(licenses, organization, rows);
  for (const LicensePool& pool : event.pools()) Keep(pool, organization, rows);
}

}  // namespace

void Project(const LicensingEvent& event, const std::string& aggregate, Moment, RowWriter& rows) {
  switch (event.event_case()) {
    case LicensingEvent::kLicensesBought:
      return Keep(event.licenses_bought().pool(), aggregate, rows);
    case LicensingEvent::kLicensesCancelled:
      return Keep(event.licenses_cancelled().pool(), aggregate, rows);
    case LicensingEvent::kLicensesAssigned:
      return KeepAll(event.licenses_assigned(), aggregate, rows);
    case LicensingEvent::kLicensesUnassigned:
      return KeepAll(event.licenses_unassigned(), aggregate, rows);
    case LicensingEvent::kLicensesSwapped:
      return KeepAll(event.licenses_swapped(), aggregate, rows);
    case LicensingEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
