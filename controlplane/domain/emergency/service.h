// The emergency slice over gRPC: the administrator's side, and the address authority's.
#pragma once

#include <functional>
#include <utility>

#include "controlplane/edge/rpc/door.h"
#include "controlplane/policy/policy.h"
#include "dialtone/emergency/v1/address_authority_service.grpc.pb.h"
#include "dialtone/emergency/v1/emergency_service.grpc.pb.h"
#include "projections/inventory/emergency_queries.h"

namespace dialtone::emergency {

class Service final : public v1::EmergencyService::CallbackService {
 public:
  // All of it outlives the service.
  Service(edge::Door& door, const projections::EmergencyQueries& queries,
          const policy::Policy& policy, std::function<Timestamp()> now)
      : door_(door), queries_(queries), policy_(policy), now_(std::move(now)) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* CreateAddress(Rpc*, const v1::CreateAddressRequest*, v1::Address*) override;
  Reactor* ValidateAddress(Rpc*, const v1::ValidateAddressRequest*, v1::Address*) override;
  Reactor* AcceptCorrection(Rpc*, const v1::AcceptCorrectionRequest*, v1::Address*) override;
  Reactor* DeleteAddress(Rpc*, const v1::DeleteAddressRequest*,
                         v1::DeleteAddressResponse*) override;
  Reactor* GetAddress(Rpc*, const v1::GetAddressRequest*, v1::Address*) override;
  Reactor* ListAddresses(Rpc*, const v1::ListAddressesRequest*,
                         v1::ListAddressesResponse*) override;
  Reactor* CreateLocation(Rpc*, const v1::CreateLocationRequest*, v1::Location*) override;
  Reactor* DeleteLocation(Rpc*, const v1::DeleteLocationRequest*,
                          v1::DeleteLocationResponse*) override;
  Reactor* ListLocations(Rpc*, const v1::ListLocationsRequest*,
                         v1::ListLocationsResponse*) override;
  Reactor* AcceptDisclaimer(Rpc*, const v1::AcceptDisclaimerRequest*, v1::Disclaimer*) override;
  Reactor* AssignEmergencyAddress(Rpc*, const v1::AssignEmergencyAddressRequest*,
                                  inventory::v1::Number*) override;
  Reactor* LocateCaller(Rpc*, const v1::LocateCallerRequest*, v1::LocateCallerResponse*) override;

 private:
  edge::Door& door_;
  const projections::EmergencyQueries& queries_;
  const policy::Policy& policy_;
  const std::function<Timestamp()> now_;
};

class AuthorityService final : public v1::AddressAuthorityService::CallbackService {
 public:
  AuthorityService(edge::Door& door, const projections::EmergencyQueries& queries)
      : door_(door), queries_(queries) {}

  using Rpc = grpc::CallbackServerContext;

  grpc::ServerWriteReactor<v1::WatchValidationsResponse>* WatchValidations(
      Rpc*, const v1::WatchValidationsRequest*) override;
  grpc::ServerUnaryReactor* CompleteValidation(Rpc*, const v1::CompleteValidationRequest*,
                                               v1::Address*) override;

 private:
  edge::Door& door_;
  const projections::EmergencyQueries& queries_;
};

}  // namespace dialtone::emergency
