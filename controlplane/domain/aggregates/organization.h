// An organization: the states of all slices that decide about one, together. One line a slice.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <tuple>

#include "controlplane/domain/billing/state.h"
#include "controlplane/domain/emergency/state.h"
#include "controlplane/domain/inventory/state.h"
#include "controlplane/domain/licensing/state.h"
#include "controlplane/domain/organizations/state.h"
#include "controlplane/domain/porting/state.h"
#include "controlplane/domain/routing/state.h"
#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/type/v1/admission.pb.h"

namespace dialtone {

struct Organization final : Aggregate {
  static constexpr std::string_view kCollection = "organizations";

  organizations::State organizations;
  licensing::State licensing;
  inventory::State inventory;
  porting::State porting;
  emergency::State emergency;
  routing::State routing;
  billing::State billing;

  auto Slices() {
    return std::tie(organizations, licensing, inventory, porting, emergency, routing, billing);
  }
  auto Slices() const {
    return std::tie(organizations, licensing, inventory, porting, emergency, routing, billing);
  }

  void ForEachTable(VisitTable visit) override;
  void Derive() override;
  std::optional<Timestamp> NextDeadline() const override;
};

// The organization that a resource's name begins with: `organizations/contoso` of
// `organizations/contoso/users/ann`.
KeyOf<Organization> OrganizationOf(std::string_view resource_name);

// What refuses every command of an organization that is not there, or suspended.
std::optional<Rejection> Admit(type::v1::Admission admission, const Organization& organization);

// The request's message says by its option `admission` if it is for other organizations too.
template <class Request>
std::optional<Rejection> Admit(const Request&, const Organization& organization) {
  static const type::v1::Admission admission =
      Request::descriptor()->options().GetExtension(type::v1::admission);
  return Admit(admission, organization);
}

}  // namespace dialtone
