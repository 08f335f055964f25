// What can be had where: answered from the policy in force alone.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "controlplane/engine/runtime/clock.h"
#include "controlplane/policy/policy.h"
#include "dialtone/policy/v1/catalog_service.grpc.pb.h"

namespace dialtone::server {

class CatalogService final : public policy::v1::CatalogService::CallbackService {
 public:
  // All outlive the service; `clock` tells what today is.
  CatalogService(edge::Door& door, const policy::Policy& policy, const engine::Clock& clock)
      : door_(door), policy_(policy), clock_(clock) {}

  using Reactor = grpc::ServerUnaryReactor;
  Reactor* GetCountry(edge::Rpc* rpc, const policy::v1::GetCountryRequest* request,
                      policy::v1::Country* reply) override;
  Reactor* ListCountries(edge::Rpc* rpc, const policy::v1::ListCountriesRequest* request,
                         policy::v1::ListCountriesResponse* reply) override;
  Reactor* ListCities(edge::Rpc* rpc, const policy::v1::ListCitiesRequest* request,
                      policy::v1::ListCitiesResponse* reply) override;
  Reactor* ListSkus(edge::Rpc* rpc, const policy::v1::ListSkusRequest* request,
                    policy::v1::ListSkusResponse* reply) override;
  Reactor* ListLimits(edge::Rpc* rpc, const policy::v1::ListLimitsRequest* request,
                      policy::v1::ListLimitsResponse* reply) override;
  Reactor* ListNumberRanges(edge::Rpc* rpc, const policy::v1::ListNumberRangesRequest* request,
                            policy::v1::ListNumberRangesResponse* reply) override;

 private:
  edge::Door& door_;
  const policy::Policy& policy_;
  const engine::Clock& clock_;
};

}  // namespace dialtone::server
