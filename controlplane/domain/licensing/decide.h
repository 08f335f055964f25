// Decides about licences: what an organization buys, and what its users have. Domain.md section 2.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/licensing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"

namespace dialtone::licensing {

Verdict<LicensePool> Decide(const BuyLicensesRequest& request, const Organization& organization,
                            Context& context);
Verdict<LicensePool> Decide(const CancelLicensesRequest& request, const Organization& organization,
                            Context& context);

// Each user of the request gets all of what is asked, or a status that says why nothing.
Verdict<AssignLicensesResponse> Decide(const AssignLicensesRequest& request,
                                       const Organization& organization, Context& context);
Verdict<UnassignLicensesResponse> Decide(const UnassignLicensesRequest& request,
                                         const Organization& organization, Context& context);
Verdict<SwapLicensesResponse> Decide(const SwapLicensesRequest& request,
                                     const Organization& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::licensing
