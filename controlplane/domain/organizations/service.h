// OrganizationService, between the door and what is decided and read.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "dialtone/organizations/v1/organizations_service.grpc.pb.h"
#include "projections/inventory/organizations_queries.h"

namespace dialtone::organizations {

class Service final : public v1::OrganizationService::CallbackService {
 public:
  // Both outlive the server.
  Service(edge::Door& door, const projections::OrganizationsQueries& queries)
      : door_(door), queries_(queries) {}

  grpc::ServerUnaryReactor* CreateOrganization(edge::Rpc* rpc,
                                               const v1::CreateOrganizationRequest* request,
                                               v1::Organization* reply) override;
  grpc::ServerUnaryReactor* GetOrganization(edge::Rpc* rpc,
                                            const v1::GetOrganizationRequest* request,
                                            v1::Organization* reply) override;
  grpc::ServerUnaryReactor* ListOrganizations(edge::Rpc* rpc,
                                              const v1::ListOrganizationsRequest* request,
                                              v1::ListOrganizationsResponse* reply) override;
  grpc::ServerUnaryReactor* UpdateOrganization(edge::Rpc* rpc,
                                               const v1::UpdateOrganizationRequest* request,
                                               v1::Organization* reply) override;
  grpc::ServerUnaryReactor* DeleteOrganization(edge::Rpc* rpc,
                                               const v1::DeleteOrganizationRequest* request,
                                               v1::Organization* reply) override;
  grpc::ServerUnaryReactor* SuspendOrganization(edge::Rpc* rpc,
                                                const v1::SuspendOrganizationRequest* request,
                                                v1::Organization* reply) override;
  grpc::ServerUnaryReactor* ResumeOrganization(edge::Rpc* rpc,
                                               const v1::ResumeOrganizationRequest* request,
                                               v1::Organization* reply) override;

  grpc::ServerUnaryReactor* CreateUser(edge::Rpc* rpc, const v1::CreateUserRequest* request,
                                       v1::User* reply) override;
  grpc::ServerUnaryReactor* GetUser(edge::Rpc* rpc, const v1::GetUserRequest* request,
                                    v1::User* reply) override;
  grpc::ServerUnaryReactor* ListUsers(edge::Rpc* rpc, const v1::ListUsersRequest* request,
                                      v1::ListUsersResponse* reply) override;
  grpc::ServerUnaryReactor* UpdateUser(edge::Rpc* rpc, const v1::UpdateUserRequest* request,
                                       v1::User* reply) override;
  grpc::ServerUnaryReactor* DeleteUser(edge::Rpc* rpc, const v1::DeleteUserRequest* request,
                                       v1::DeleteUserResponse* reply) override;
  grpc::ServerUnaryReactor* BatchCreateUsers(edge::Rpc* rpc,
                                             const v1::BatchCreateUsersRequest* request,
                                             v1::BatchCreateUsersResponse* reply) override;

 private:
  edge::Door& door_;
  const projections::OrganizationsQueries& queries_;
};

}  // namespace dialtone::organizations
