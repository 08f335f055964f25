#include "controlplane/domain/inventory/service.h"

#include <string>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/number_text.h"
#include "controlplane/domain/inventory/quota.h"
#include "controlplane/domain/inventory/rules.h"

namespace dialtone::inventory {

using grpc::ServerUnaryReactor;
using projections::InventoryQueries;
using projections::Snapshot;
using projections::StockQueries;

namespace {

Number ShownBy(const InventoryQueries& queries, const Snapshot& rows, Number number, Timestamp at) {
  const PortProgress port = ProgressOf(queries.PortOrderOf(rows, number));
  return Shown(std::move(number), port, at);
}

}  // namespace

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

ServerUnaryReactor* Service::BatchAssignNumbers(Rpc* rpc, const BatchAssignNumbersRequest* request,
                                                BatchAssignNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::BatchUnassignNumbers(Rpc* rpc,
                                                  const BatchUnassignNumbersRequest* request,
                                                  BatchUnassignNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::BatchReleaseNumbers(Rpc* rpc,
                                                 const BatchReleaseNumbersRequest* request,
                                                 BatchReleaseNumbersResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::BlockNumber(Rpc* rpc, const BlockNumberRequest* request,
                                         Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::UnblockNumber(Rpc* rpc, const UnblockNumberRequest* request,
                                           Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::TagNumber(Rpc* rpc, const TagNumberRequest* request, Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::UntagNumber(Rpc* rpc, const UntagNumberRequest* request,
                                         Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::ChangeNumberUse(Rpc* rpc, const ChangeNumberUseRequest* request,
                                             Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* Service::SetNumberSettings(Rpc* rpc, const SetNumberSettingsRequest* request,
                                               NumberSettings* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

ServerUnaryReactor* Service::GetNumberSettings(Rpc* rpc, const GetNumberSettingsRequest* request,
                                               NumberSettings* reply) {
  return door_.Query(rpc, *request, reply, queries_, &InventoryQueries::GetNumberSettings);
}

// Of the text alone: nothing that is held is looked at.
ServerUnaryReactor* Service::ParseNumbers(Rpc* rpc, const ParseNumbersRequest* request,
                                          ParseNumbersResponse* reply) {
  const auto parse = [this](const InventoryQueries&, const Snapshot&,
                            const ParseNumbersRequest& asked,
                            ParseNumbersResponse& parsed) -> tl::expected<void, QueryError> {
    const auto& limits = policy_.number_lifecycle();
    const auto texts = TextsIn(asked.pasted().text());
    if (texts.size() > limits.pasted_texts_max()) {
      return tl::unexpected(QueryError::BadField(
          "pasted.text", "At most " + std::to_string(limits.pasted_texts_max()) + " texts, has " +
                             std::to_string(texts.size()) + "."));
    }
    parsed = Parse(texts, limits.pasted_range_max());
    return {};
  };
  return door_.Query(rpc, *request, reply, queries_, parse);
}

ServerUnaryReactor* Service::GetNumber(Rpc* rpc, const GetNumberRequest* request, Number* reply) {
  const auto get = [this](const InventoryQueries& queries, const Snapshot& rows,
                          const GetNumberRequest& asked, Number& number) {
    auto found = queries.GetNumber(rows, asked, number);
    if (found) number = ShownBy(queries, rows, std::move(number), now_());
    return found;
  };
  return door_.Query(rpc, *request, reply, queries_, get);
}

ServerUnaryReactor* Service::ListNumbers(Rpc* rpc, const ListNumbersRequest* request,
                                         ListNumbersResponse* reply) {
  const auto list = [this](const InventoryQueries& queries, const Snapshot& rows,
                           const ListNumbersRequest& asked, ListNumbersResponse& answer) {
    const Timestamp now = now_();
    auto listed = queries.ListNumbers(rows, asked, now, answer);
    for (Number& number : *answer.mutable_numbers())
      number = ShownBy(queries, rows, std::move(number), now);
    return listed;
  };
  return door_.Query(rpc, *request, reply, queries_, list);
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

grpc::ServerWriteReactor<WatchActivationsResponse>* CarrierSide::WatchActivations(
    Rpc* rpc, const WatchActivationsRequest* request) {
  return door_.Watch<WatchActivationsResponse>(rpc, *request, [this](const auto& asked) {
    return queries_.WatchActivations(asked, ForCarrier);
  });
}

ServerUnaryReactor* CarrierSide::CompleteActivation(Rpc* rpc,
                                                    const CompleteActivationRequest* request,
                                                    Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

ServerUnaryReactor* CarrierSide::FailActivation(Rpc* rpc, const FailActivationRequest* request,
                                                Number* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

}  // namespace dialtone::inventory
