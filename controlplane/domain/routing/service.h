// The routing slice over gRPC.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "dialtone/routing/v1/routing_service.grpc.pb.h"
#include "projections/routing/routing_queries.h"

namespace dialtone::routing {

class Service final : public v1::RoutingService::CallbackService {
 public:
  // All of it outlives the service.
  Service(edge::Door& door, const projections::RoutingQueries& queries)
      : door_(door), queries_(queries) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateTrunk(Rpc*, const v1::CreateTrunkRequest*, v1::Trunk*) override;
  Reactor* GetTrunk(Rpc*, const v1::GetTrunkRequest*, v1::Trunk*) override;
  Reactor* ListTrunks(Rpc*, const v1::ListTrunksRequest*, v1::ListTrunksResponse*) override;
  Reactor* UpdateTrunk(Rpc*, const v1::UpdateTrunkRequest*, v1::Trunk*) override;
  Reactor* DeleteTrunk(Rpc*, const v1::DeleteTrunkRequest*, v1::DeleteTrunkResponse*) override;
  Reactor* ResolveNumber(Rpc*, const v1::ResolveNumberRequest*, v1::Route*) override;

 private:
  edge::Door& door_;
  const projections::RoutingQueries& queries_;
};

}  // namespace dialtone::routing
