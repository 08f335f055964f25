#include "controlplane/domain/aggregates/organization.h"

#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/rules.h"

namespace dialtone {

namespace {

// Until the second slash.
std::string_view FirstTwoSegments(std::string_view name) {
  const std::size_t first = name.find('/');
  return first == std::string_view::npos ? name : name.substr(0, name.find('/', first + 1));
}

}  // namespace

void Organization::ForEachTable(VisitTable visit) {
  const auto visit_slice = [&](auto& slice) {
    slice.ForEachTable([&](std::uint8_t table, AnyTable& rows) {
      visit({slice.kSlice, table}, rows);
    });
  };
  std::apply([&](auto&... slice) { (visit_slice(slice), ...); }, Slices());
}

void Organization::Derive() {
  std::apply([](auto&... slice) { (slice.Derive(), ...); }, Slices());
}

std::optional<Timestamp> Organization::NextDeadline() const {
  std::optional<Timestamp> next;
  const auto look = [&]<class Slice>(const Slice& slice) {
    if constexpr (HasDeadlines<Slice>) {
      const auto first = slice.deadlines.First();
      if (first && (!next || first->at < *next)) next = first->at;
    }
  };
  std::apply([&](const auto&... slice) { (look(slice), ...); }, Slices());
  return next;
}

KeyOf<Organization> OrganizationOf(std::string_view resource_name) {
  return {AggregateKey(std::string(FirstTwoSegments(resource_name)))};
}

std::optional<Rejection> Admit(type::v1::Admission admission, const Organization& organization) {
  using State = organizations::v1::Organization;
  if (admission == type::v1::ADMISSION_MISSING) return std::nullopt;
  const auto& row = organization.organizations.organization;
  if (!row.exists() || row.get().state() == State::DELETED)
    return Reject(organizations::v1::ORGANIZATION_NOT_FOUND);
  const bool suspended = row.get().state() == State::SUSPENDED;
  if (suspended && admission != type::v1::ADMISSION_SUSPENDED)
    return Reject(organizations::v1::ORGANIZATION_SUSPENDED);
  return std::nullopt;
}

}  // namespace dialtone
