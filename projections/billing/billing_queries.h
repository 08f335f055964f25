// Questions to the billing view. Each shows one organization's rows only, the one of its parent or
// name.
#pragma once

#include <tl/expected.hpp>

#include "controlplane/kernel/query_error.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "projections/kernel/queries.h"
#include "projections/kernel/waiting.h"

namespace dialtone::projections {

class BillingQueries : public Queries {
 public:
  using Queries::Queries;
  using Answered = tl::expected<void, QueryError>;

  Answered GetCreditAccount(const Snapshot& rows,
                            const billing::v1::GetCreditAccountRequest& request,
                            billing::v1::CreditAccount& reply) const;
  Answered ListLots(const Snapshot& rows, const billing::v1::ListLotsRequest& request,
                    billing::v1::ListLotsResponse& reply) const;
  Answered ListHolds(const Snapshot& rows, const billing::v1::ListHoldsRequest& request,
                     billing::v1::ListHoldsResponse& reply) const;
  Answered ListPayments(const Snapshot& rows, const billing::v1::ListPaymentsRequest& request,
                        billing::v1::ListPaymentsResponse& reply) const;
  Answered ListUsageSources(const Snapshot& rows,
                            const billing::v1::ListUsageSourcesRequest& request,
                            billing::v1::ListUsageSourcesResponse& reply) const;
  Answered ListStatementLines(const Snapshot& rows,
                              const billing::v1::ListStatementLinesRequest& request,
                              billing::v1::ListStatementLinesResponse& reply) const;
  Answered ListUsage(const Snapshot& rows, const billing::v1::ListUsageRequest& request,
                     billing::v1::ListUsageResponse& reply) const;
  Answered ListMinutePools(const Snapshot& rows, const billing::v1::ListMinutePoolsRequest& request,
                           billing::v1::ListMinutePoolsResponse& reply) const;
  // A month in which nothing happened shows what there was before it. NOT_FOUND: no such month.
  Answered GetInvoice(const Snapshot& rows, const billing::v1::GetInvoiceRequest& request,
                      billing::v1::Invoice& reply) const;
  Answered GetTrialBalance(const Snapshot& rows, const billing::v1::GetTrialBalanceRequest& request,
                           billing::v1::TrialBalance& reply) const;

  // Payments that wait, of one organization or of all.
  using PaymentWatch = WaitingWatch<billing::v1::Payment, billing::v1::WatchPaymentsResponse>;
  tl::expected<PaymentWatch, QueryError> WatchPayments(
      const billing::v1::WatchPaymentsRequest& request) const;
};

}  // namespace dialtone::projections
