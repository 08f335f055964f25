#include "controlplane/domain/porting/service.h"

#include <string>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/porting/decide.h"

namespace dialtone::porting {

namespace {

using projections::PortingQueries;

// The texts that a new or changed account comes with, while they can still be read.
template <class Request>
auto PrepareAccount(const policy::Policy& policy, const KeyedHash& hash) {
  return [&](Request& plain) {
    if (plain.has_losing_account()) Prepare(*plain.mutable_losing_account(), policy, hash);
  };
}

}  // namespace

Service::Reactor* Service::CheckPortability(Rpc* rpc, const CheckPortabilityRequest* request,
                                            CheckPortabilityResponse* reply) {
  const auto check = [this](const PortingQueries& queries, const projections::Snapshot& rows,
                            const CheckPortabilityRequest& asked,
                            CheckPortabilityResponse& answer) -> tl::expected<void, QueryError> {
    answer = Check(asked, queries.Taken(rows, asked), policy_, now_());
    return {};
  };
  return door_.Query(rpc, *request, reply, queries_, check);
}

Service::Reactor* Service::CreatePortOrder(Rpc* rpc, const CreatePortOrderRequest* request,
                                           PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide,
                       PrepareAccount<CreatePortOrderRequest>(policy_, hash_));
}

Service::Reactor* Service::UpdatePortOrder(Rpc* rpc, const UpdatePortOrderRequest* request,
                                           PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide,
                       PrepareAccount<UpdatePortOrderRequest>(policy_, hash_));
}

Service::Reactor* Service::AttachLetterOfAuthorization(
    Rpc* rpc, const AttachLetterOfAuthorizationRequest* request, PortOrder* reply) {
  const auto read = [this](AttachLetterOfAuthorizationRequest& plain) {
    plain.set_signature_key(SignatureKey(plain.signature(), hash_));
    plain.clear_signature();
  };
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide, read);
}

Service::Reactor* Service::SubmitPortOrder(Rpc* rpc, const SubmitPortOrderRequest* request,
                                           PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::ResubmitPortOrder(Rpc* rpc, const ResubmitPortOrderRequest* request,
                                             PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::CancelPortOrder(Rpc* rpc, const CancelPortOrderRequest* request,
                                           PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::GetPortOrder(Rpc* rpc, const GetPortOrderRequest* request,
                                        PortOrder* reply) {
  const auto get = [](const PortingQueries& queries, const projections::Snapshot& rows,
                      const GetPortOrderRequest& asked, PortOrder& order) {
    auto found = queries.GetPortOrder(rows, asked, order);
    order = Shown(std::move(order));
    return found;
  };
  return door_.Query(rpc, *request, reply, queries_, get);
}

Service::Reactor* Service::ListPortOrders(Rpc* rpc, const ListPortOrdersRequest* request,
                                          ListPortOrdersResponse* reply) {
  const auto list = [](const PortingQueries& queries, const projections::Snapshot& rows,
                       const ListPortOrdersRequest& asked, ListPortOrdersResponse& answer) {
    auto listed = queries.ListPortOrders(rows, asked, answer);
    for (PortOrder& order : *answer.mutable_port_orders()) order = Shown(std::move(order));
    return listed;
  };
  return door_.Query(rpc, *request, reply, queries_, list);
}

Service::Reactor* Service::ListPortTransitions(Rpc* rpc, const ListPortTransitionsRequest* request,
                                               ListPortTransitionsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &PortingQueries::ListPortTransitions);
}

Service::Reactor* Service::SetPortOutPin(Rpc* rpc, const SetPortOutPinRequest* request,
                                         SetPortOutPinResponse* reply) {
  const auto read = [this](SetPortOutPinRequest& plain) {
    plain.set_pin_hash(PortOutPinHash(plain.parent(), plain.pin(), hash_));
    plain.set_pin_digits(static_cast<std::uint32_t>(plain.pin().size()));
    plain.clear_pin();
  };
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, read);
}

grpc::ServerWriteReactor<WatchOrdersResponse>* CarrierSide::WatchOrders(
    Rpc* rpc, const WatchOrdersRequest* request) {
  return door_.Watch<WatchOrdersResponse>(
      rpc, *request, [this](const auto& asked) { return queries_.WatchOrders(asked, Shown); });
}

CarrierSide::Reactor* CarrierSide::AcceptOrder(Rpc* rpc, const AcceptOrderRequest* request,
                                               PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

CarrierSide::Reactor* CarrierSide::ConfirmFirmOrderCommitment(
    Rpc* rpc, const ConfirmFirmOrderCommitmentRequest* request, PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

CarrierSide::Reactor* CarrierSide::RejectOrder(Rpc* rpc, const RejectOrderRequest* request,
                                               PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

CarrierSide::Reactor* CarrierSide::CompleteNumber(Rpc* rpc, const CompleteNumberRequest* request,
                                                  PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

CarrierSide::Reactor* CarrierSide::FailNumber(Rpc* rpc, const FailNumberRequest* request,
                                              PortOrder* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

}  // namespace dialtone::porting
