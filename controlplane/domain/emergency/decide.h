// Decides about emergency addresses: domain.md section 5.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/emergency/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/emergency/v1/address_authority_service.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"

namespace dialtone::emergency {

Verdict<Address> Decide(const CreateAddressRequest& request, const Organization& organization,
                        Context& context);
Verdict<Address> Decide(const ValidateAddressRequest& request, const Organization& organization,
                        Context& context);
Verdict<Address> Decide(const CompleteValidationRequest& request, const Organization& organization,
                        Context& context);
Verdict<Address> Decide(const AcceptCorrectionRequest& request, const Organization& organization,
                        Context& context);
Verdict<DeleteAddressResponse> Decide(const DeleteAddressRequest& request,
                                      const Organization& organization, Context& context);
Verdict<Location> Decide(const CreateLocationRequest& request, const Organization& organization,
                         Context& context);
Verdict<DeleteLocationResponse> Decide(const DeleteLocationRequest& request,
                                       const Organization& organization, Context& context);
Verdict<Disclaimer> Decide(const AcceptDisclaimerRequest& request, const Organization& organization,
                           Context& context);
Verdict<inventory::v1::Number> Decide(const AssignEmergencyAddressRequest& request,
                                      const Organization& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::emergency
