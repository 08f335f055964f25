// Decides about an organization's numbers: domain.md sections 2.6, 3 and 12.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"

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

Verdict<Nothing> Decide(const SettleHold& hold, const Organization& organization, Context& context);
Verdict<Nothing> Decide(const ExpireReservation& due, const Organization& organization,
                        Context& context);
Verdict<Nothing> Decide(const ForgetRelease& due, const Organization& organization,
                        Context& context);

// All blocks of a restoration have answered, and some had numbers. REQUIRES: it is one.
Decision<Nothing> SettleRestore(const PendingHold& hold, const emergency::State& emergency);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::inventory
