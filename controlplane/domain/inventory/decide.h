// Decides about an organization's numbers: domain.md sections 2.6, 3 and 12.
#pragma once

#include <string>
#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/e164.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/inventory/v1/provisioning_service.pb.h"

namespace dialtone::inventory {

Verdict<Reservation> Decide(const ReserveNumbersRequest& request, const Organization& organization,
                            Context& context);
Verdict<Reservation> Decide(const ExtendReservationRequest& request,
                            const Organization& organization, Context& context);
Verdict<ReleaseReservationResponse> Decide(const ReleaseReservationRequest& request,
                                           const Organization& organization, Context& context);
Verdict<AcquireNumbersResponse> Decide(const AcquireNumbersRequest& request,
                                       const Organization& organization, Context& context);
Verdict<Number> Decide(const AssignNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const UnassignNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Release> Decide(const ReleaseNumbersRequest& request, const Organization& organization,
                        Context& context);
Verdict<RestoreNumbersResponse> Decide(const RestoreNumbersRequest& request,
                                       const Organization& organization, Context& context);

Verdict<Number> Decide(const BlockNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const UnblockNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const TagNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const UntagNumberRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const ChangeNumberUseRequest& request, const Organization& organization,
                       Context& context);
Verdict<NumberSettings> Decide(const SetNumberSettingsRequest& request,
                               const Organization& organization, Context& context);

// Each item gets what is asked, or a status that says why not.
Verdict<BatchAssignNumbersResponse> Decide(const BatchAssignNumbersRequest& request,
                                           const Organization& organization, Context& context);
Verdict<BatchUnassignNumbersResponse> Decide(const BatchUnassignNumbersRequest& request,
                                             const Organization& organization, Context& context);
Verdict<BatchReleaseNumbersResponse> Decide(const BatchReleaseNumbersRequest& request,
                                            const Organization& organization, Context& context);

// The carrier's answers.
Verdict<Number> Decide(const CompleteActivationRequest& request, const Organization& organization,
                       Context& context);
Verdict<Number> Decide(const FailActivationRequest& request, const Organization& organization,
                       Context& context);

Verdict<Nothing> Decide(const SettleHold& hold, const Organization& organization, Context& context);
Verdict<Nothing> Decide(const ExpireReservation& due, const Organization& organization,
                        Context& context);
Verdict<Nothing> Decide(const ForgetRelease& due, const Organization& organization,
                        Context& context);

// All blocks of a restoration have answered, and some had numbers. REQUIRES: it is one.
Decision<Nothing> SettleRestore(const PendingHold& hold, const emergency::State& emergency,
                                Timestamp now);
// By the hold under which the blocks know them, and by how long they rest. REQUIRES: held numbers.
NumbersReleased GiveUp(const std::vector<E164>& numbers, const State& state,
                       const std::string& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::inventory
