// Which licences an organization has bought, and who has them.
#pragma once

#include <string>

#include "controlplane/kernel/table.h"
#include "dialtone/licensing/v1/license.pb.h"
#include "dialtone/licensing/v1/licensing_event.pb.h"

namespace dialtone::licensing {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 2;

  Table<std::string, LicensePool> pools;   // by SKU
  Table<std::string, UserLicenses> users;  // by the user's name

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, pools);
    visit(2, users);
  }
  void Derive() {}
};

}  // namespace dialtone::licensing
