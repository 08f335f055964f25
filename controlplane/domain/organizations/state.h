// Who the organization is, and who works there.
#pragma once

#include <string>

#include "controlplane/kernel/table.h"
#include "dialtone/organizations/v1/organization.pb.h"
#include "dialtone/organizations/v1/organizations_event.pb.h"

namespace dialtone::organizations {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 1;

  Single<v1::Organization> organization;
  Table<std::string, User> users;  // by name

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, organization);
    visit(2, users);
  }
  void Derive() {}
};

}  // namespace dialtone::organizations
