// LicensingService, between the door and what is decided and read.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "dialtone/licensing/v1/licensing_service.grpc.pb.h"
#include "projections/inventory/licensing_queries.h"

namespace dialtone::licensing {

class Service final : public v1::LicensingService::CallbackService {
 public:
  // Both outlive the server.
  Service(edge::Door& door, const projections::LicensingQueries& queries)
      : door_(door), queries_(queries) {}

  grpc::ServerUnaryReactor* BuyLicenses(edge::Rpc* rpc, const v1::BuyLicensesRequest* request,
                                        v1::LicensePool* reply) override;
  grpc::ServerUnaryReactor* CancelLicenses(edge::Rpc* rpc, const v1::CancelLicensesRequest* request,
                                           v1::LicensePool* reply) override;
  grpc::ServerUnaryReactor* AssignLicenses(edge::Rpc* rpc, const v1::AssignLicensesRequest* request,
                                           v1::AssignLicensesResponse* reply) override;
  grpc::ServerUnaryReactor* UnassignLicenses(edge::Rpc* rpc,
                                             const v1::UnassignLicensesRequest* request,
                                             v1::UnassignLicensesResponse* reply) override;
  grpc::ServerUnaryReactor* SwapLicenses(edge::Rpc* rpc, const v1::SwapLicensesRequest* request,
                                         v1::SwapLicensesResponse* reply) override;

  grpc::ServerUnaryReactor* ListLicensePools(edge::Rpc* rpc,
                                             const v1::ListLicensePoolsRequest* request,
                                             v1::ListLicensePoolsResponse* reply) override;
  grpc::ServerUnaryReactor* ListUserLicenses(edge::Rpc* rpc,
                                             const v1::ListUserLicensesRequest* request,
                                             v1::ListUserLicensesResponse* reply) override;
  grpc::ServerUnaryReactor* ListAssignments(edge::Rpc* rpc,
                                            const v1::ListAssignmentsRequest* request,
                                            v1::ListAssignmentsResponse* reply) override;

 private:
  edge::Door& door_;
  const projections::LicensingQueries& queries_;
};

}  // namespace dialtone::licensing
