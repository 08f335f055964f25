// Decides about port orders: domain.md section 4.
#pragma once

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/porting/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"

namespace dialtone::porting {

// The organization's: decide.cc.
Verdict<PortOrder> Decide(const CreatePortOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const UpdatePortOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const AttachLetterOfAuthorizationRequest& request,
                          const Organization& organization, Context& context);
Verdict<PortOrder> Decide(const CancelPortOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<SetPortOutPinResponse> Decide(const SetPortOutPinRequest& request,
                                      const Organization& organization, Context& context);

// From the submission to the blocks' answers: decide_submit.cc.
Verdict<PortOrder> Decide(const SubmitPortOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const ResubmitPortOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<Nothing> Decide(const TakeTurn& due, const Organization& organization, Context& context);
Verdict<Nothing> Decide(const SettlePortHold& settled, const Organization& organization,
                        Context& context);

// The carrier's, and time's: decide_carrier.cc.
Verdict<PortOrder> Decide(const AcceptOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const ConfirmFirmOrderCommitmentRequest& request,
                          const Organization& organization, Context& context);
Verdict<PortOrder> Decide(const RejectOrderRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const CompleteNumberRequest& request, const Organization& organization,
                          Context& context);
Verdict<PortOrder> Decide(const FailNumberRequest& request, const Organization& organization,
                          Context& context);
Verdict<Nothing> Decide(const EscalateOrder& due, const Organization& organization,
                        Context& context);
Verdict<Nothing> Decide(const LockTransfer& due, const Organization& organization,
                        Context& context);

// Of projects: decide_project.cc.
Verdict<PortProject> Decide(const CreatePortProjectRequest& request,
                            const Organization& organization, Context& context);
Verdict<SubmitPortProjectResponse> Decide(const SubmitPortProjectRequest& request,
                                          const Organization& organization, Context& context);
Verdict<CancelPortProjectResponse> Decide(const CancelPortProjectRequest& request,
                                          const Organization& organization, Context& context);

// Of numbers that other carriers take away: decide_port_out.cc.
Verdict<PortOutRequest> Decide(const RequestPortOutRequest& request,
                               const Organization& organization, Context& context);
Verdict<PortOutRequest> Decide(const ReleasePortOutRequest& request,
                               const Organization& organization, Context& context);
Verdict<PortOutRequest> Decide(const RejectPortOutRequest& request,
                               const Organization& organization, Context& context);
Verdict<PortOutRequest> Decide(const WithdrawPortOutRequest& request,
                               const Organization& organization, Context& context);
Verdict<PortOutRequest> Decide(const CompletePortOutRequest& request,
                               const Organization& organization, Context& context);

inline constexpr auto kDecide = [](const auto& command, const Organization& organization,
                                   Context& context) {
  return Decide(command, organization, context);
};

}  // namespace dialtone::porting
