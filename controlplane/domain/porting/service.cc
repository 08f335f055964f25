#include "controlplane/domain/porting/service.h"

#include <string>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/porting/decide.h"
#include "controlplane/domain/porting/rules_port_out.h"
#include "controlplane/domain/porting/rules_project.h"

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

Service::Reactor* Service::CreatePortProject(Rpc* rpc, const CreatePortProjectRequest* request,
                                             PortProject* reply) {
  const auto read = [this](CreatePortProjectRequest& plain) {
    for (PortSource& source : *plain.mutable_sources())
      Prepare(*source.mutable_losing_account(), policy_, hash_);
  };
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, read);
}

Service::Reactor* Service::GetPortProject(Rpc* rpc, const GetPortProjectRequest* request,
                                          PortProject* reply) {
  const auto get = [](const PortingQueries& queries, const projections::Snapshot& rows,
                      const GetPortProjectRequest& asked, PortProject& project) {
    return queries.GetPortProject(rows, asked, Shown, project);
  };
  return door_.Query(rpc, *request, reply, queries_, get);
}

Service::Reactor* Service::ListPortProjects(Rpc* rpc, const ListPortProjectsRequest* request,
                                            ListPortProjectsResponse* reply) {
  const auto list = [](const PortingQueries& queries, const projections::Snapshot& rows,
                       const ListPortProjectsRequest& asked, ListPortProjectsResponse& answer) {
    return queries.ListPortProjects(rows, asked, Shown, answer);
  };
  return door_.Query(rpc, *request, reply, queries_, list);
}

Service::Reactor* Service::SubmitPortProject(Rpc* rpc, const SubmitPortProjectRequest* request,
                                             SubmitPortProjectResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::CancelPortProject(Rpc* rpc, const CancelPortProjectRequest* request,
                                             CancelPortProjectResponse* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::GetPortOutRequest(Rpc* rpc, const GetPortOutRequestRequest* request,
                                             PortOutRequest* reply) {
  const auto get = [](const PortingQueries& queries, const projections::Snapshot& rows,
                      const GetPortOutRequestRequest& asked, PortOutRequest& port_out) {
    auto found = queries.GetPortOutRequest(rows, asked, port_out);
    port_out = Shown(std::move(port_out));
    return found;
  };
  return door_.Query(rpc, *request, reply, queries_, get);
}

Service::Reactor* Service::ListPortOutRequests(Rpc* rpc, const ListPortOutRequestsRequest* request,
                                               ListPortOutRequestsResponse* reply) {
  const auto list = [](const PortingQueries& queries, const projections::Snapshot& rows,
                       const ListPortOutRequestsRequest& asked,
                       ListPortOutRequestsResponse& answer) {
    auto listed = queries.ListPortOutRequests(rows, asked, answer);
    for (PortOutRequest& one : *answer.mutable_port_out_requests()) one = Shown(std::move(one));
    return listed;
  };
  return door_.Query(rpc, *request, reply, queries_, list);
}

Service::Reactor* Service::ReleasePortOut(Rpc* rpc, const ReleasePortOutRequest* request,
                                          PortOutRequest* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Service::Reactor* Service::RejectPortOut(Rpc* rpc, const RejectPortOutRequest* request,
                                         PortOutRequest* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
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

CarrierSide::Reactor* CarrierSide::RequestPortOut(Rpc* rpc, const RequestPortOutRequest* request,
                                                  PortOutRequest* reply) {
  const auto read = [this](RequestPortOutRequest& plain) {
    plain.set_pin_hash(PortOutPinHash(plain.parent(), plain.pin(), hash_));
    plain.clear_pin();
  };
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide, read);
}

CarrierSide::Reactor* CarrierSide::WithdrawPortOut(Rpc* rpc, const WithdrawPortOutRequest* request,
                                                   PortOutRequest* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

CarrierSide::Reactor* CarrierSide::CompletePortOut(Rpc* rpc, const CompletePortOutRequest* request,
                                                   PortOutRequest* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

grpc::ServerWriteReactor<WatchPortOutsResponse>* CarrierSide::WatchPortOuts(
    Rpc* rpc, const WatchPortOutsRequest* request) {
  return door_.Watch<WatchPortOutsResponse>(
      rpc, *request, [this](const auto& asked) { return queries_.WatchPortOuts(asked, Shown); });
}

}  // namespace dialtone::porting
