#include "controlplane/domain/stock/service.h"

#include <string>

#include "controlplane/domain/aggregates/number_block.h"
#include "controlplane/domain/stock/decide.h"
#include "controlplane/kernel/e164.h"

namespace dialtone::stock {

using grpc::ServerUnaryReactor;
using projections::InventoryQueries;
using projections::StockQueries;

namespace {

// The block of a number that may not be one: the door says so then, before anything is decided.
KeyOf<dialtone::NumberBlock> BlockOfNumber(const std::string& text) {
  const auto number = E164::Parse(text);
  return BlockOf(number ? number->block() : 0);
}

}  // namespace

ServerUnaryReactor* Service::LoadNumbers(Rpc* rpc, const LoadNumbersRequest* request,
                                         LoadNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, BlockOfNumber(request->first()), kDecide);
}

ServerUnaryReactor* Service::WithdrawNumbers(Rpc* rpc, const WithdrawNumbersRequest* request,
                                             WithdrawNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, BlockOfNumber(request->first()), kDecide);
}

ServerUnaryReactor* Service::GetNumberBlock(Rpc* rpc, const GetNumberBlockRequest* request,
                                            v1::NumberBlock* reply) {
  return door_.Query(rpc, *request, reply, queries_, &StockQueries::GetNumberBlock);
}

ServerUnaryReactor* Service::ListNumberBlocks(Rpc* rpc, const ListNumberBlocksRequest* request,
                                              ListNumberBlocksResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &StockQueries::ListNumberBlocks);
}

ServerUnaryReactor* Service::ListNumberHolders(Rpc* rpc, const ListNumberHoldersRequest* request,
                                               ListNumberHoldersResponse* reply) {
  return door_.Query(rpc, *request, reply, inventory_, &InventoryQueries::ListNumberHolders);
}

}  // namespace dialtone::stock
