#include "controlplane/domain/billing/service.h"

#include <string>
#include <utility>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/decide.h"

namespace dialtone::billing {

using projections::BillingQueries;
using Reactor = grpc::ServerUnaryReactor;

Reactor* Service::FundCredits(Rpc* rpc, const FundCreditsRequest* request, Payment* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Reactor* Service::SetAutoRecharge(Rpc* rpc, const SetAutoRechargeRequest* request,
                                  CreditAccount* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Reactor* Service::PlaceHold(Rpc* rpc, const PlaceHoldRequest* request, CreditHold* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Reactor* Service::CaptureHold(Rpc* rpc, const CaptureHoldRequest* request, CreditHold* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Reactor* Service::VoidHold(Rpc* rpc, const VoidHoldRequest* request, CreditHold* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

Reactor* Service::ConsumeCredits(Rpc* rpc, const ConsumeCreditsRequest* request,
                                 Consumption* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Reactor* Service::RegisterUsageSource(Rpc* rpc, const RegisterUsageSourceRequest* request,
                                      UsageSource* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->parent()), kDecide);
}

Reactor* Service::SkipUsage(Rpc* rpc, const SkipUsageRequest* request, UsageSource* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->source()), kDecide);
}

grpc::ServerBidiReactor<UsageBatch, UsageBatchResult>* Service::RecordUsage(Rpc* rpc) {
  return door_.CommandStream<UsageBatch, UsageBatchResult>(
      rpc, [](const UsageBatch& batch) { return OrganizationOf(batch.source()); }, kDecide);
}

Reactor* Service::ListPayments(Rpc* rpc, const ListPaymentsRequest* request,
                               ListPaymentsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListPayments);
}

Reactor* Service::GetCreditAccount(Rpc* rpc, const GetCreditAccountRequest* request,
                                   CreditAccount* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::GetCreditAccount);
}

Reactor* Service::ListLots(Rpc* rpc, const ListLotsRequest* request, ListLotsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListLots);
}

Reactor* Service::ListHolds(Rpc* rpc, const ListHoldsRequest* request, ListHoldsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListHolds);
}

Reactor* Service::ListUsageSources(Rpc* rpc, const ListUsageSourcesRequest* request,
                                   ListUsageSourcesResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListUsageSources);
}

Reactor* Service::ListStatementLines(Rpc* rpc, const ListStatementLinesRequest* request,
                                     ListStatementLinesResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListStatementLines);
}

Reactor* Service::ListUsage(Rpc* rpc, const ListUsageRequest* request, ListUsageResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListUsage);
}

Reactor* Service::ListMinutePools(Rpc* rpc, const ListMinutePoolsRequest* request,
                                  ListMinutePoolsResponse* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::ListMinutePools);
}

Reactor* Service::GetInvoice(Rpc* rpc, const GetInvoiceRequest* request, Invoice* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::GetInvoice);
}

Reactor* Service::GetTrialBalance(Rpc* rpc, const GetTrialBalanceRequest* request,
                                  TrialBalance* reply) {
  return door_.Query(rpc, *request, reply, queries_, &BillingQueries::GetTrialBalance);
}

grpc::ServerWriteReactor<WatchPaymentsResponse>* ProviderService::WatchPayments(
    Rpc* rpc, const WatchPaymentsRequest* request) {
  return door_.Watch<WatchPaymentsResponse>(
      rpc, *request, [this](const auto& asked) { return queries_.WatchPayments(asked); });
}

Reactor* ProviderService::CompletePayment(Rpc* rpc, const CompletePaymentRequest* request,
                                          Payment* reply) {
  return door_.Command(rpc, *request, reply, OrganizationOf(request->name()), kDecide);
}

}  // namespace dialtone::billing
