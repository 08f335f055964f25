// The numbers of an organization, behind the door.
#pragma once

#include <functional>
#include <utility>

#include "controlplane/edge/rpc/door.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/inventory/v1/inventory_service.grpc.pb.h"
#include "dialtone/inventory/v1/provisioning_service.grpc.pb.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::inventory {

class Service final : public v1::InventoryService::CallbackService {
 public:
  // `now`: what a number allows is a matter of time. All outlive the service.
  Service(edge::Door& door, const projections::InventoryQueries& queries,
          const projections::StockQueries& stock, const policy::Policy& policy,
          std::function<Timestamp()> now)
      : door_(door), queries_(queries), stock_(stock), policy_(policy), now_(std::move(now)) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* SearchNumbers(Rpc*, const v1::SearchNumbersRequest*,
                         v1::SearchNumbersResponse*) override;
  Reactor* ReserveNumbers(Rpc*, const v1::ReserveNumbersRequest*, v1::Reservation*) override;
  Reactor* ExtendReservation(Rpc*, const v1::ExtendReservationRequest*, v1::Reservation*) override;
  Reactor* ReleaseReservation(Rpc*, const v1::ReleaseReservationRequest*,
                              v1::ReleaseReservationResponse*) override;
  Reactor* AcquireNumbers(Rpc*, const v1::AcquireNumbersRequest*,
                          v1::AcquireNumbersResponse*) override;
  Reactor* AssignNumber(Rpc*, const v1::AssignNumberRequest*, v1::Number*) override;
  Reactor* UnassignNumber(Rpc*, const v1::UnassignNumberRequest*, v1::Number*) override;
  Reactor* ReleaseNumbers(Rpc*, const v1::ReleaseNumbersRequest*, v1::Release*) override;
  Reactor* RestoreNumbers(Rpc*, const v1::RestoreNumbersRequest*,
                          v1::RestoreNumbersResponse*) override;
  Reactor* BatchAssignNumbers(Rpc*, const v1::BatchAssignNumbersRequest*,
                              v1::BatchAssignNumbersResponse*) override;
  Reactor* BatchUnassignNumbers(Rpc*, const v1::BatchUnassignNumbersRequest*,
                                v1::BatchUnassignNumbersResponse*) override;
  Reactor* BatchReleaseNumbers(Rpc*, const v1::BatchReleaseNumbersRequest*,
                               v1::BatchReleaseNumbersResponse*) override;
  Reactor* BlockNumber(Rpc*, const v1::BlockNumberRequest*, v1::Number*) override;
  Reactor* UnblockNumber(Rpc*, const v1::UnblockNumberRequest*, v1::Number*) override;
  Reactor* TagNumber(Rpc*, const v1::TagNumberRequest*, v1::Number*) override;
  Reactor* UntagNumber(Rpc*, const v1::UntagNumberRequest*, v1::Number*) override;
  Reactor* ChangeNumberUse(Rpc*, const v1::ChangeNumberUseRequest*, v1::Number*) override;
  Reactor* SetNumberSettings(Rpc*, const v1::SetNumberSettingsRequest*,
                             v1::NumberSettings*) override;
  Reactor* GetNumberSettings(Rpc*, const v1::GetNumberSettingsRequest*,
                             v1::NumberSettings*) override;
  Reactor* ParseNumbers(Rpc*, const v1::ParseNumbersRequest*, v1::ParseNumbersResponse*) override;
  Reactor* GetNumber(Rpc*, const v1::GetNumberRequest*, v1::Number*) override;
  Reactor* ListNumbers(Rpc*, const v1::ListNumbersRequest*, v1::ListNumbersResponse*) override;
  Reactor* ListNumberChanges(Rpc*, const v1::ListNumberChangesRequest*,
                             v1::ListNumberChangesResponse*) override;
  Reactor* GetReservation(Rpc*, const v1::GetReservationRequest*, v1::Reservation*) override;
  Reactor* ListReservations(Rpc*, const v1::ListReservationsRequest*,
                            v1::ListReservationsResponse*) override;
  Reactor* ExplainQuota(Rpc*, const v1::ExplainQuotaRequest*, v1::Quota*) override;
  Reactor* CountNumbers(Rpc*, const v1::CountNumbersRequest*, v1::CountNumbersResponse*) override;

 private:
  edge::Door& door_;
  const projections::InventoryQueries& queries_;
  const projections::StockQueries& stock_;
  const policy::Policy& policy_;
  const std::function<Timestamp()> now_;
};

// The carrier's side.
class CarrierSide final : public v1::ProvisioningService::CallbackService {
 public:
  // Both outlive the service.
  CarrierSide(edge::Door& door, const projections::InventoryQueries& queries)
      : door_(door), queries_(queries) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  grpc::ServerWriteReactor<v1::WatchActivationsResponse>* WatchActivations(
      Rpc*, const v1::WatchActivationsRequest*) override;
  Reactor* CompleteActivation(Rpc*, const v1::CompleteActivationRequest*, v1::Number*) override;
  Reactor* FailActivation(Rpc*, const v1::FailActivationRequest*, v1::Number*) override;

 private:
  edge::Door& door_;
  const projections::InventoryQueries& queries_;
};

}  // namespace dialtone::inventory
