#include "controlplane/domain/routing/service.h"

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/routing/decide.h"

namespace dialtone::routing {

using projections::RoutingQueries;

Service::Reactor* Service::CreateTrunk(Rpc* rpc, const CreateTrunkRequest* request, Trunk* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Service::Reactor* Service::GetTrunk(Rpc* rpc, const GetTrunkRequest* request, Trunk* reply) {
  return door_.Query(rpc, *request, reply, queries_, &RoutingQueries::GetTrunk);
}

Service::Reactor* Service::ListTrunks(Rpc* rpc, const ListTrunksRequest* request,
                                      ListTrunksResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &RoutingQueries::ListTrunks);
}

Service::Reactor* Service::UpdateTrunk(Rpc* rpc, const UpdateTrunkRequest* request, Trunk* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::DeleteTrunk(Rpc* rpc, const DeleteTrunkRequest* request,
                                       DeleteTrunkResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::ResolveNumber(Rpc* rpc, const ResolveNumberRequest* request,
                                         Route* reply) {
  return door_.Query(rpc, *request, reply, queries_, &RoutingQueries::ResolveNumber);
}

}  // namespace dialtone::routing
