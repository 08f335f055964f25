// The numbers of an organization, behind the door.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "controlplane/policy/policy.h"
#include "dialtone/inventory/v1/inventory_service.grpc.pb.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::inventory {

class Service final : public v1::InventoryService::CallbackService {
 public:
  // All outlive the service.
  Service(edge::Door& door, const projections::InventoryQueries& queries,
          const projections::StockQueries& stock, const policy::Policy& policy)
      : door_(door), queries_(queries), stock_(stock), policy_(policy) {}

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
};

}  // namespace dialtone::inventory
