#include "controlplane/domain/inventory/service.h"

#include <string>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/quota.h"

namespace dialtone::inventory {

using grpc::ServerUnaryReactor;
using projections::InventoryQueries;
using projections::Snapshot;
using projections::StockQueries;

ServerUnaryReactor* Service::SearchNumbers(Rpc* rpc, const SearchNumbersRequest* request,
                                           SearchNumbersResponse* reply) {
  const auto search = [this](const StockQueries& stock, const Snapshot& rows,
                             const SearchNumbersRequest& asked,
                             SearchNumbersResponse& found) -> tl::expected<void, QueryError> {
    const auto& limits = policy_.reservations();
    if (asked.quantity() > limits.search_max()) {
      return tl::unexpected(QueryError::BadField(
          "quantity", "At most " + std::to_string(limits.search_max()) + " in one search."));
    }
    SearchNumbersRequest limited = asked;
    if (asked.quantity() == 0) limited.set_quantity(limits.search_default());
    return stock.SearchNumbers(rows, limited, found);
  };
  return door_.Query(rpc, *request, reply, stock_, search);
}

// The view proposes, the blocks pick.
ServerUnaryReactor* Service::ReserveNumbers(Rpc* rpc, const ReserveNumbersRequest* request,
                                            Reservation* reply) {
  const edge::FromView propose(stock_, [this](ReserveNumbersRequest& enriched) {
    if (!enriched.numbers().empty()) return;
    for (const std::uint64_t block : stock_.BlocksWith(enriched.area(), enriched.type(),
                                                       enriched.quantity(), enriched.parent())) {
      enriched.add_blocks(block);
    }
  });
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, propose);
}

ServerUnaryReactor* Service::ExtendReservation(Rpc* rpc, const ExtendReservationRequest* request,
                                               Reservation* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::ReleaseReservation(Rpc* rpc, const ReleaseReservationRequest* request,
                                                ReleaseReservationResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::AcquireNumbers(Rpc* rpc, const AcquireNumbersRequest* request,
                                            AcquireNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->reservation()), kDecide);
}

ServerUnaryReactor* Service::AssignNumber(Rpc* rpc, const AssignNumberRequest* request,
                                          Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::UnassignNumber(Rpc* rpc, const UnassignNumberRequest* request,
                                            Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::ReleaseNumbers(Rpc* rpc, const ReleaseNumbersRequest* request,
                                            Release* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::RestoreNumbers(Rpc* rpc, const RestoreNumbersRequest* request,
                                            RestoreNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::GetNumber(Rpc* rpc, const GetNumberRequest* request, Number* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::GetNumber);
}

ServerUnaryReactor* Service::ListNumbers(Rpc* rpc, const ListNumbersRequest* request,
                                         ListNumbersResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::ListNumbers);
}

ServerUnaryReactor* Service::ListNumberChanges(Rpc* rpc, const ListNumberChangesRequest* request,
                                               ListNumberChangesResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::ListNumberChanges);
}

ServerUnaryReactor* Service::GetReservation(Rpc* rpc, const GetReservationRequest* request,
                                            Reservation* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::GetReservation);
}

ServerUnaryReactor* Service::ListReservations(Rpc* rpc, const ListReservationsRequest* request,
                                              ListReservationsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::ListReservations);
}

// By the rules that decide, over the rows of the view.
ServerUnaryReactor* Service::ExplainQuota(Rpc* rpc, const ExplainQuotaRequest* request,
                                          Quota* reply) {
  const auto explain = [this](const InventoryQueries& queries, const Snapshot& rows,
                              const ExplainQuotaRequest& asked,
                              Quota& quota) -> tl::expected<void, QueryError> {
    const auto basis = queries.QuotaBasisOf(rows, asked.parent(), asked.type());
    licensing::State licenses;
    for (const auto& pool : basis.pools) licenses.pools.Put(pool.sku()) = pool;
    quota = Explain(asked.type(), licenses, basis.held, basis.reserved, policy_);
    return {};
  };
  return door_.Query(rpc, *request, reply, queries_, explain);
}

ServerUnaryReactor* Service::CountNumbers(Rpc* rpc, const CountNumbersRequest* request,
                                          CountNumbersResponse* reply) {
  return door_.Query(rpc, *request, reply, stock_, &StockQueries::CountNumbers);
}

}  // namespace dialtone::inventory
