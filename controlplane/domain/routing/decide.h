// Decides about an organization's trunks.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/routing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/routing/v1/routing_service.pb.h"

namespace dialtone::routing {

Verdict<Trunk> Decide(const CreateTrunkRequest& request, const Organization& organization,
                      Context& context);
Verdict<Trunk> Decide(const UpdateTrunkRequest& request, const Organization& organization,
                      Context& context);
Verdict<DeleteTrunkResponse> Decide(const DeleteTrunkRequest& request,
                                    const Organization& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::routing
