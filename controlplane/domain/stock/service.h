// The operator's numbers, behind the door.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "dialtone/stock/v1/stock_service.grpc.pb.h"
#include "projections/inventory/inventory_queries.h"
#include "projections/stock/stock_queries.h"

namespace dialtone::stock {

class Service final : public v1::StockService::CallbackService {
 public:
  // All outlive the service.
  Service(edge::Door& door, const projections::StockQueries& queries,
          const projections::InventoryQueries& inventory)
      : door_(door), queries_(queries), inventory_(inventory) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* LoadNumbers(Rpc*, const v1::LoadNumbersRequest*, v1::LoadNumbersResponse*) override;
  Reactor* WithdrawNumbers(Rpc*, const v1::WithdrawNumbersRequest*,
                           v1::WithdrawNumbersResponse*) override;
  Reactor* GetNumberBlock(Rpc*, const v1::GetNumberBlockRequest*, v1::NumberBlock*) override;
  Reactor* ListNumberBlocks(Rpc*, const v1::ListNumberBlocksRequest*,
                            v1::ListNumberBlocksResponse*) override;
  Reactor* ListNumberHolders(Rpc*, const v1::ListNumberHoldersRequest*,
                             v1::ListNumberHoldersResponse*) override;

 private:
  edge::Door& door_;
  const projections::StockQueries& queries_;
  const projections::InventoryQueries& inventory_;
};

}  // namespace dialtone::stock
