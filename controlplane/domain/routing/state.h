// Where an organization's calls go to: its trunks.
#pragma once

#include <string>

#include "controlplane/kernel/table.h"
#include "dialtone/routing/v1/routing_event.pb.h"
#include "dialtone/routing/v1/trunk.pb.h"

namespace dialtone::routing {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 8;

  Table<std::string, Trunk> trunks;  // by name

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, trunks);
  }
  void Derive() {}
};

}  // namespace dialtone::routing
