#include "controlplane/domain/organizations/service.h"

#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/organizations/rules.h"

namespace dialtone::organizations {

using edge::Rpc;
using grpc::ServerUnaryReactor;
using projections::OrganizationsQueries;

namespace {

// What is personal is sealed under its subject's name, so the name must be there before.
constexpr auto kNameUser = [](CreateUserRequest& request) {
  request.mutable_user()->set_name(UserName(request.parent(), request.user_id()));
};
constexpr auto kNameUsers = [](BatchCreateUsersRequest& request) {
  for (NewUser& user : *request.mutable_users())
    user.mutable_user()->set_name(UserName(request.parent(), user.user_id()));
};
constexpr auto kNameUpdated = [](UpdateUserRequest& request) {
  request.mutable_user()->set_name(request.name());
};

}  // namespace

ServerUnaryReactor* Service::CreateOrganization(Rpc* rpc, const CreateOrganizationRequest* request,
                                                v1::Organization* reply) {
  const auto key = OrganizationOf("organizations/" + request->organization_id());
  return door_.Command(rpc, *request, reply, key, kDecide);
}

ServerUnaryReactor* Service::GetOrganization(Rpc* rpc, const GetOrganizationRequest* request,
                                             v1::Organization* reply) {
  return door_.Query(rpc, *request, reply, queries_, &OrganizationsQueries::GetOrganization);
}

ServerUnaryReactor* Service::ListOrganizations(Rpc* rpc, const ListOrganizationsRequest* request,
                                               ListOrganizationsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &OrganizationsQueries::ListOrganizations);
}

ServerUnaryReactor* Service::UpdateOrganization(Rpc* rpc, const UpdateOrganizationRequest* request,
                                                v1::Organization* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::DeleteOrganization(Rpc* rpc, const DeleteOrganizationRequest* request,
                                                v1::Organization* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::SuspendOrganization(Rpc* rpc,
                                                 const SuspendOrganizationRequest* request,
                                                 v1::Organization* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::ResumeOrganization(Rpc* rpc, const ResumeOrganizationRequest* request,
                                                v1::Organization* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::CreateUser(Rpc* rpc, const CreateUserRequest* request, User* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, kNameUser);
}

ServerUnaryReactor* Service::GetUser(Rpc* rpc, const GetUserRequest* request, User* reply) {
  return door_.Query(rpc, *request, reply, queries_, &OrganizationsQueries::GetUser);
}

ServerUnaryReactor* Service::ListUsers(Rpc* rpc, const ListUsersRequest* request,
                                       ListUsersResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &OrganizationsQueries::ListUsers);
}

ServerUnaryReactor* Service::UpdateUser(Rpc* rpc, const UpdateUserRequest* request, User* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide,
                       kNameUpdated);
}

ServerUnaryReactor* Service::DeleteUser(Rpc* rpc, const DeleteUserRequest* request,
                                        DeleteUserResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::BatchCreateUsers(Rpc* rpc, const BatchCreateUsersRequest* request,
                                              BatchCreateUsersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide,
                       kNameUsers);
}

}  // namespace dialtone::organizations
