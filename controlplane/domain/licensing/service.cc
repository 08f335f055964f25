#include "controlplane/domain/licensing/service.h"

#include "controlplane/domain/licensing/decide.h"

namespace dialtone::licensing {

using edge::Rpc;
using grpc::ServerUnaryReactor;
using projections::LicensingQueries;

ServerUnaryReactor* Service::BuyLicenses(Rpc* rpc, const BuyLicensesRequest* request,
                                         LicensePool* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::CancelLicenses(Rpc* rpc, const CancelLicensesRequest* request,
                                            LicensePool* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::AssignLicenses(Rpc* rpc, const AssignLicensesRequest* request,
                                            AssignLicensesResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::UnassignLicenses(Rpc* rpc, const UnassignLicensesRequest* request,
                                              UnassignLicensesResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::SwapLicenses(Rpc* rpc, const SwapLicensesRequest* request,
                                          SwapLicensesResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::ListLicensePools(Rpc* rpc, const ListLicensePoolsRequest* request,
                                              ListLicensePoolsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &LicensingQueries::ListLicensePools);
}

ServerUnaryReactor* Service::ListUserLicenses(Rpc* rpc, const ListUserLicensesRequest* request,
                                              ListUserLicensesResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &LicensingQueries::ListUserLicenses);
}

ServerUnaryReactor* Service::ListAssignments(Rpc* rpc, const ListAssignmentsRequest* request,
                                             ListAssignmentsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &LicensingQueries::ListAssignments);
}

}  // namespace dialtone::licensing
