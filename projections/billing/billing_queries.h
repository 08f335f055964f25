// Questions to the billing view. Each shows one organization's rows only, the one of its parent or
// name.
#pragma once

#include <absl/functional/any_invocable.h>

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/kernel/query_error.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "projections/kernel/paging.h"
#include "projections/kernel/snapshot.h"
#include "projections/kernel/view.h"

namespace dialtone::projections {

class BillingQueries {
 public:
  using Answered = tl::expected<void, QueryError>;

  // The view outlives the queries.
  BillingQueries(View& view, PageLimits limits) : BillingQueries(limits) { view_ = &view; }
  // For tests: snapshots are made by the caller.
  explicit BillingQueries(PageLimits limits) : limits_(limits) {}

  void WhenReached(const ConsistencyToken& token, Deadline deadline,
                   absl::AnyInvocable<void(Reached)> done) const {
    view_->WhenReached(token, deadline, std::move(done));
  }
  // The rows of the last batch: what a watch reads.
  Snapshot TakeSnapshot() const { return view_->TakeSnapshot(); }

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

 private:
  const PageLimits limits_;
  View* view_ = nullptr;
};

// Payments that wait, in the order of the ledger, partition by partition: what WatchPayments shows.
class WaitingPayments {
 public:
  // Of one organization, or (empty) of all. `resume`: see Resume().
  static tl::expected<WaitingPayments, QueryError> From(std::string organization,
                                                        const std::string& resume);

  // The next one in these rows; false: none that was not shown.
  bool Next(const Snapshot& rows, billing::v1::Payment& payment);
  // Goes on behind the last one.
  std::string Resume() const;

 private:
  bool NextOf(std::uint32_t partition, const Snapshot& rows, billing::v1::Payment& payment);

  std::string organization_;
  std::vector<std::string> last_keys_;  // by partition
};

}  // namespace dialtone::projections
