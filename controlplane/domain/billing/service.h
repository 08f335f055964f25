// The billing slice over gRPC: the organization's side, and the payment provider's.
#pragma once

#include "controlplane/edge/rpc/door.h"
#include "dialtone/billing/v1/billing_service.grpc.pb.h"
#include "projections/billing/billing_queries.h"

namespace dialtone::billing {

class Service final : public v1::BillingService::CallbackService {
 public:
  // All of it outlives the service.
  Service(edge::Door& door, const projections::BillingQueries& queries)
      : door_(door), queries_(queries) {}

  using Rpc = grpc::CallbackServerContext;
  using Reactor = grpc::ServerUnaryReactor;

  Reactor* FundCredits(Rpc*, const v1::FundCreditsRequest*, v1::Payment*) override;
  Reactor* ListPayments(Rpc*, const v1::ListPaymentsRequest*, v1::ListPaymentsResponse*) override;
  Reactor* SetAutoRecharge(Rpc*, const v1::SetAutoRechargeRequest*, v1::CreditAccount*) override;
  Reactor* GetCreditAccount(Rpc*, const v1::GetCreditAccountRequest*, v1::CreditAccount*) override;
  Reactor* ListLots(Rpc*, const v1::ListLotsRequest*, v1::ListLotsResponse*) override;
  Reactor* PlaceHold(Rpc*, const v1::PlaceHoldRequest*, v1::CreditHold*) override;
  Reactor* CaptureHold(Rpc*, const v1::CaptureHoldRequest*, v1::CreditHold*) override;
  Reactor* VoidHold(Rpc*, const v1::VoidHoldRequest*, v1::CreditHold*) override;
  Reactor* ListHolds(Rpc*, const v1::ListHoldsRequest*, v1::ListHoldsResponse*) override;
  Reactor* ConsumeCredits(Rpc*, const v1::ConsumeCreditsRequest*, v1::Consumption*) override;
  Reactor* RegisterUsageSource(Rpc*, const v1::RegisterUsageSourceRequest*,
                               v1::UsageSource*) override;
  Reactor* ListUsageSources(Rpc*, const v1::ListUsageSourcesRequest*,
                            v1::ListUsageSourcesResponse*) override;
  grpc::ServerBidiReactor<v1::UsageBatch, v1::UsageBatchResult>* RecordUsage(Rpc*) override;
  Reactor* SkipUsage(Rpc*, const v1::SkipUsageRequest*, v1::UsageSource*) override;
  Reactor* ListStatementLines(Rpc*, const v1::ListStatementLinesRequest*,
                              v1::ListStatementLinesResponse*) override;
  Reactor* ListUsage(Rpc*, const v1::ListUsageRequest*, v1::ListUsageResponse*) override;
  Reactor* ListMinutePools(Rpc*, const v1::ListMinutePoolsRequest*,
                           v1::ListMinutePoolsResponse*) override;
  Reactor* GetInvoice(Rpc*, const v1::GetInvoiceRequest*, v1::Invoice*) override;
  Reactor* GetTrialBalance(Rpc*, const v1::GetTrialBalanceRequest*, v1::TrialBalance*) override;

 private:
  edge::Door& door_;
  const projections::BillingQueries& queries_;
};

class ProviderService final : public v1::PaymentService::CallbackService {
 public:
  ProviderService(edge::Door& door, const projections::BillingQueries& queries)
      : door_(door), queries_(queries) {}

  using Rpc = grpc::CallbackServerContext;

  grpc::ServerWriteReactor<v1::WatchPaymentsResponse>* WatchPayments(
      Rpc*, const v1::WatchPaymentsRequest*) override;
  grpc::ServerUnaryReactor* CompletePayment(Rpc*, const v1::CompletePaymentRequest*,
                                            v1::Payment*) override;

 private:
  edge::Door& door_;
  const projections::BillingQueries& queries_;
};

}  // namespace dialtone::billing
