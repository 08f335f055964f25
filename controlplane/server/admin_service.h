// The operator's side of one node: how it is, and the few things that may be done to it.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "controlplane/server/host.h"
#include "dialtone/admin/v1/admin_service.grpc.pb.h"

namespace dialtone::server {

class AdminService final : public admin::v1::AdminService::CallbackService {
 public:
  // Both outlive the service.
  AdminService(edge::Door& door, Host& host) : door_(door), host_(host) {}

  using Reactor = grpc::ServerUnaryReactor;
  Reactor* GetStatus(edge::Rpc* rpc, const admin::v1::GetStatusRequest* request,
                     admin::v1::ServerStatus* reply) override;
  Reactor* ListPartitions(edge::Rpc* rpc, const admin::v1::ListPartitionsRequest* request,
                          admin::v1::ListPartitionsResponse* reply) override;
  Reactor* ListProjections(edge::Rpc* rpc, const admin::v1::ListProjectionsRequest* request,
                           admin::v1::ListProjectionsResponse* reply) override;
  Reactor* Drain(edge::Rpc* rpc, const admin::v1::DrainRequest* request,
                 admin::v1::DrainResponse* reply) override;
  Reactor* CreateCheckpoint(edge::Rpc* rpc, const admin::v1::CreateCheckpointRequest* request,
                            admin::v1::CreateCheckpointResponse* reply) override;
  Reactor* RebuildProjection(edge::Rpc* rpc, const admin::v1::RebuildProjectionRequest* request,
                             admin::v1::RebuildProjectionResponse* reply) override;
  Reactor* AdvanceClock(edge::Rpc* rpc, const admin::v1::AdvanceClockRequest* request,
                        admin::v1::AdvanceClockResponse* reply) override;

 private:
  edge::Door& door_;
  Host& host_;
};

}  // namespace dialtone::server
