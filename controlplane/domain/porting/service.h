// The porting slice over gRPC: the organization's side, and the carrier's.
#pragma once

#include <functional>

#include "controlplane/domain/porting/rules.h"
#include "controlplane/edge/rpc/door.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/porting/v1/carrier_service.grpc.pb.h"
#include "dialtone/porting/v1/porting_service.grpc.pb.h"
#include "projections/inventory/porting_queries.h"

namespace dialtone::porting {

class Service final : public v1::PortingService::CallbackService {
 public:
  // `hash` is the vault's: any thread. `now`: for questions that name no day. All of it outlives
  // the service.
  Service(edge::Door& door, const projections::PortingQueries& queries,
          const policy::Policy& policy, KeyedHash hash, std::function<Timestamp()> now)
      : door_(door),
        queries_(queries),
        policy_(policy),
        hash_(std::move(hash)),
        now_(std::move(now)) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CheckPortability(Rpc*, const v1::CheckPortabilityRequest*,
                            v1::CheckPortabilityResponse*) override;
  Reactor* CreatePortOrder(Rpc*, const v1::CreatePortOrderRequest*, v1::PortOrder*) override;
  Reactor* UpdatePortOrder(Rpc*, const v1::UpdatePortOrderRequest*, v1::PortOrder*) override;
  Reactor* AttachLetterOfAuthorization(Rpc*, const v1::AttachLetterOfAuthorizationRequest*,
                                       v1::PortOrder*) override;
  Reactor* SubmitPortOrder(Rpc*, const v1::SubmitPortOrderRequest*, v1::PortOrder*) override;
  Reactor* ResubmitPortOrder(Rpc*, const v1::ResubmitPortOrderRequest*, v1::PortOrder*) override;
  Reactor* CancelPortOrder(Rpc*, const v1::CancelPortOrderRequest*, v1::PortOrder*) override;
  Reactor* GetPortOrder(Rpc*, const v1::GetPortOrderRequest*, v1::PortOrder*) override;
  Reactor* ListPortOrders(Rpc*, const v1::ListPortOrdersRequest*,
                          v1::ListPortOrdersResponse*) override;
  Reactor* ListPortTransitions(Rpc*, const v1::ListPortTransitionsRequest*,
                               v1::ListPortTransitionsResponse*) override;
  Reactor* SetPortOutPin(Rpc*, const v1::SetPortOutPinRequest*,
                         v1::SetPortOutPinResponse*) override;
  Reactor* CreatePortProject(Rpc*, const v1::CreatePortProjectRequest*, v1::PortProject*) override;
  Reactor* GetPortProject(Rpc*, const v1::GetPortProjectRequest*, v1::PortProject*) override;
  Reactor* ListPortProjects(Rpc*, const v1::ListPortProjectsRequest*,
                            v1::ListPortProjectsResponse*) override;
  Reactor* SubmitPortProject(Rpc*, const v1::SubmitPortProjectRequest*,
                             v1::SubmitPortProjectResponse*) override;
  Reactor* CancelPortProject(Rpc*, const v1::CancelPortProjectRequest*,
                             v1::CancelPortProjectResponse*) override;
  Reactor* GetPortOutRequest(Rpc*, const v1::GetPortOutRequestRequest*,
                             v1::PortOutRequest*) override;
  Reactor* ListPortOutRequests(Rpc*, const v1::ListPortOutRequestsRequest*,
                               v1::ListPortOutRequestsResponse*) override;
  Reactor* ReleasePortOut(Rpc*, const v1::ReleasePortOutRequest*, v1::PortOutRequest*) override;
  Reactor* RejectPortOut(Rpc*, const v1::RejectPortOutRequest*, v1::PortOutRequest*) override;

 private:
  edge::Door& door_;
  const projections::PortingQueries& queries_;
  const policy::Policy& policy_;
  const KeyedHash hash_;
  const std::function<Timestamp()> now_;
};

class CarrierSide final : public v1::CarrierService::CallbackService {
 public:
  // `hash` is the vault's: any thread. All of it outlives the service.
  CarrierSide(edge::Door& door, const projections::PortingQueries& queries, KeyedHash hash)
      : door_(door), queries_(queries), hash_(std::move(hash)) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  grpc::ServerWriteReactor<v1::WatchOrdersResponse>* WatchOrders(
      Rpc*, const v1::WatchOrdersRequest*) override;
  Reactor* AcceptOrder(Rpc*, const v1::AcceptOrderRequest*, v1::PortOrder*) override;
  Reactor* ConfirmFirmOrderCommitment(Rpc*, const v1::ConfirmFirmOrderCommitmentRequest*,
                                      v1::PortOrder*) override;
  Reactor* RejectOrder(Rpc*, const v1::RejectOrderRequest*, v1::PortOrder*) override;
  Reactor* CompleteNumber(Rpc*, const v1::CompleteNumberRequest*, v1::PortOrder*) override;
  Reactor* FailNumber(Rpc*, const v1::FailNumberRequest*, v1::PortOrder*) override;
  Reactor* RequestPortOut(Rpc*, const v1::RequestPortOutRequest*, v1::PortOutRequest*) override;
  Reactor* WithdrawPortOut(Rpc*, const v1::WithdrawPortOutRequest*, v1::PortOutRequest*) override;
  Reactor* CompletePortOut(Rpc*, const v1::CompletePortOutRequest*, v1::PortOutRequest*) override;
  grpc::ServerWriteReactor<v1::WatchPortOutsResponse>* WatchPortOuts(
      Rpc*, const v1::WatchPortOutsRequest*) override;

 private:
  edge::Door& door_;
  const projections::PortingQueries& queries_;
  const KeyedHash hash_;
};

}  // namespace dialtone::porting
