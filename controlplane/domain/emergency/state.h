// Where help can be sent to: addresses, their locations, what the organization has agreed to.
#pragma once

#include <string>

#include "controlplane/kernel/table.h"
#include "dialtone/emergency/v1/address.pb.h"
#include "dialtone/emergency/v1/emergency_event.pb.h"

namespace dialtone::emergency {

using namespace v1;  // this slice's own words

struct State {
  static constexpr std::uint8_t kSlice = 6;

  Table<std::string, Address> addresses;       // by name
  Table<std::string, Location> locations;      // by name: those of an address stand together
  Table<std::string, Disclaimer> disclaimers;  // by country

  template <class Visit>
  void ForEachTable(Visit visit) {
    visit(1, addresses);
    visit(2, locations);
    visit(3, disclaimers);
  }
  void Derive() {}
};

}  // namespace dialtone::emergency
