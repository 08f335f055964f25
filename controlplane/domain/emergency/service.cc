#include "controlplane/domain/emergency/service.h"

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/emergency/rules.h"

namespace dialtone::emergency {

using projections::EmergencyQueries;

Service::Reactor* Service::CreateAddress(Rpc* rpc, const CreateAddressRequest* request,
                                         Address* reply) {
  const auto read = [this](CreateAddressRequest& plain) {
    *plain.mutable_malformation() = Malformed(plain.civic(), policy_, now_());
  };
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, read);
}

Service::Reactor* Service::ValidateAddress(Rpc* rpc, const ValidateAddressRequest* request,
                                           Address* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::AcceptCorrection(Rpc* rpc, const AcceptCorrectionRequest* request,
                                            Address* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::DeleteAddress(Rpc* rpc, const DeleteAddressRequest* request,
                                         DeleteAddressResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::GetAddress(Rpc* rpc, const GetAddressRequest* request, Address* reply) {
  return door_.Query(rpc, *request, reply, queries_, &EmergencyQueries::GetAddress);
}

Service::Reactor* Service::ListAddresses(Rpc* rpc, const ListAddressesRequest* request,
                                         ListAddressesResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &EmergencyQueries::ListAddresses);
}

Service::Reactor* Service::CreateLocation(Rpc* rpc, const CreateLocationRequest* request,
                                          Location* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Service::Reactor* Service::DeleteLocation(Rpc* rpc, const DeleteLocationRequest* request,
                                          DeleteLocationResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::ListLocations(Rpc* rpc, const ListLocationsRequest* request,
                                         ListLocationsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &EmergencyQueries::ListLocations);
}

Service::Reactor* Service::AcceptDisclaimer(Rpc* rpc, const AcceptDisclaimerRequest* request,
                                            Disclaimer* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Service::Reactor* Service::AssignEmergencyAddress(Rpc* rpc,
                                                  const AssignEmergencyAddressRequest* request,
                                                  inventory::v1::Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::LocateCaller(Rpc* rpc, const LocateCallerRequest* request,
                                        LocateCallerResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &EmergencyQueries::LocateCaller);
}

grpc::ServerWriteReactor<WatchValidationsResponse>* AuthorityService::WatchValidations(
    Rpc* rpc, const WatchValidationsRequest* request) {
  return door_.Watch<WatchValidationsResponse>(
      rpc, *request, [this](const auto& asked) { return queries_.WatchValidations(asked); });
}

grpc::ServerUnaryReactor* AuthorityService::CompleteValidation(
    Rpc* rpc, const CompleteValidationRequest* request, Address* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

}  // namespace dialtone::emergency
