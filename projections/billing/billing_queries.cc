#include "projections/billing/billing_queries.h"

#include <utility>

#include "projections/billing/billing_rows.h"
#include "projections/kernel/organization_of.h"

namespace dialtone::projections {

namespace {

using namespace billing::v1;

// Fills `list` from the table's rows under `prefix` that the filter lets through.
template <class Row, class Reply, class Filter>
BillingQueries::Answered List(const Snapshot& rows, RowTable<Row> table, const std::string& prefix,
                              const google::protobuf::Message& request, const PageLimits& limits,
                              Reply& reply, google::protobuf::RepeatedPtrField<Row>& list,
                              Filter filter) {
  auto next = Page<Row>(rows, table, prefix, request, limits, filter,
                        [&](const Row& row) { *list.Add() = row; });
  if (!next)
    return tl::unexpected(QueryError::BadField(next.error().path, next.error().description));
  reply.set_next_page_token(std::move(*next));
  return {};
}

constexpr auto kEvery = [](const auto&) { return true; };

bool IsAskedFor(const UsageDay& day, const ListUsageRequest& request) {
  return (request.user().empty() || day.user() == request.user()) &&
         (request.destination().empty() || day.destination() == request.destination()) &&
         (request.first_day().empty() || day.day() >= request.first_day()) &&
         (request.last_day().empty() || day.day() <= request.last_day());
}

bool IsMonth(const std::string& text) {
  constexpr std::size_t kDash = 4;
  constexpr std::size_t kSize = 7;
  if (text.size() != kSize || text[kDash] != '-') return false;
  for (std::size_t i = 0; i < kSize; ++i) {
    if (i != kDash && (text[i] < '0' || text[i] > '9')) return false;
  }
  const std::string month = text.substr(kDash + 1);
  return month >= "01" && month <= "12";
}

// A month without postings: nothing but what the last one before it has left.
Invoice QuietMonth(const Snapshot& rows, const std::string& organization,
                   const std::string& month) {
  Invoice invoice;
  type::v1::Money left;
  rows.ForEach<Invoice>(kInvoices, {Key(organization), "", ""},
                        [&](std::string_view key, const Invoice& earlier) {
                          if (key >= Key(organization, month)) return Walk::kStop;
                          left = earlier.closing_balance();
                          return Walk::kOn;
                        });
  if (left.currency_code().empty()) {
    const auto account = rows.Get(kCreditAccounts, Key(organization));
    left.set_currency_code(account ? account->currency_code() : "");
  }
  *invoice.mutable_opening_balance() = left;
  *invoice.mutable_closing_balance() = left;
  left.set_micros(0);
  *invoice.mutable_funded() = left;
  *invoice.mutable_consumed() = left;
  *invoice.mutable_expired() = left;
  return invoice;
}

}  // namespace

BillingQueries::Answered BillingQueries::GetCreditAccount(const Snapshot& rows,
                                                          const GetCreditAccountRequest& request,
                                                          CreditAccount& reply) const {
  auto account = rows.Get(kCreditAccounts, Key(OrganizationOf(request.name())));
  if (!account) return tl::unexpected(QueryError::NotFound(request.name()));
  reply = std::move(*account);
  return {};
}

BillingQueries::Answered BillingQueries::ListLots(const Snapshot& rows,
                                                  const ListLotsRequest& request,
                                                  ListLotsResponse& reply) const {
  return List(rows, kLots, Key(request.parent()), request, pages(), reply, *reply.mutable_lots(),
              [&](const Lot& lot) { return !request.open_only() || lot.remaining().micros() > 0; });
}

BillingQueries::Answered BillingQueries::ListHolds(const Snapshot& rows,
                                                   const ListHoldsRequest& request,
                                                   ListHoldsResponse& reply) const {
  const auto is_asked_for = [&](const CreditHold& hold) {
    return request.state() == CreditHold::STATE_UNSPECIFIED || hold.state() == request.state();
  };
  return List(rows, kHolds, Key(request.parent()), request, pages(), reply, *reply.mutable_holds(),
              is_asked_for);
}

BillingQueries::Answered BillingQueries::ListPayments(const Snapshot& rows,
                                                      const ListPaymentsRequest& request,
                                                      ListPaymentsResponse& reply) const {
  const auto is_asked_for = [&](const Payment& payment) {
    return request.state() == Payment::STATE_UNSPECIFIED || payment.state() == request.state();
  };
  return List(rows, kPayments, Key(request.parent()), request, pages(), reply,
              *reply.mutable_payments(), is_asked_for);
}

BillingQueries::Answered BillingQueries::ListUsageSources(const Snapshot& rows,
                                                          const ListUsageSourcesRequest& request,
                                                          ListUsageSourcesResponse& reply) const {
  return List(rows, kUsageSources, Key(request.parent()), request, pages(), reply,
              *reply.mutable_usage_sources(), kEvery);
}

BillingQueries::Answered BillingQueries::ListStatementLines(
    const Snapshot& rows, const ListStatementLinesRequest& request,
    ListStatementLinesResponse& reply) const {
  return List(rows, kStatementLines, Key(request.parent()), request, pages(), reply,
              *reply.mutable_statement_lines(), kEvery);
}

BillingQueries::Answered BillingQueries::ListUsage(const Snapshot& rows,
                                                   const ListUsageRequest& request,
                                                   ListUsageResponse& reply) const {
  // One day is a prefix of the keys, so that it is found without walking over the others.
  const bool is_one_day = !request.first_day().empty() && request.first_day() == request.last_day();
  const std::string prefix =
      is_one_day ? Key(request.parent(), request.first_day()) : Key(request.parent());
  return List(rows, kUsageDays, prefix, request, pages(), reply, *reply.mutable_usage_days(),
              [&](const UsageDay& day) { return IsAskedFor(day, request); });
}

BillingQueries::Answered BillingQueries::ListMinutePools(const Snapshot& rows,
                                                         const ListMinutePoolsRequest& request,
                                                         ListMinutePoolsResponse& reply) const {
  const std::string prefix =
      request.month().empty() ? Key(request.parent()) : Key(request.parent(), request.month());
  return List(rows, kMinutePools, prefix, request, pages(), reply, *reply.mutable_minute_pools(),
              kEvery);
}

BillingQueries::Answered BillingQueries::GetInvoice(const Snapshot& rows,
                                                    const GetInvoiceRequest& request,
                                                    Invoice& reply) const {
  const std::string organization = OrganizationOf(request.name());
  const std::string month = request.name().substr(request.name().rfind('/') + 1);
  if (!IsMonth(month) || !rows.Get(kCreditAccounts, Key(organization)))
    return tl::unexpected(QueryError::NotFound(request.name()));
  auto invoice = rows.Get(kInvoices, Key(organization, month));
  reply = invoice ? std::move(*invoice) : QuietMonth(rows, organization, month);
  reply.set_name(request.name());
  rows.ForEach<InvoiceLine>(kInvoiceLines, {Key(organization, month), "", ""},
                            [&](std::string_view, const InvoiceLine& line) {
                              *reply.add_lines() = line;
                              return Walk::kOn;
                            });
  return {};
}

BillingQueries::Answered BillingQueries::GetTrialBalance(const Snapshot& rows,
                                                         const GetTrialBalanceRequest& request,
                                                         TrialBalance& reply) const {
  auto trial = rows.Get(kTrialBalances, Key(request.parent()));
  if (trial) {
    reply = std::move(*trial);
  } else {
    reply.set_parent(request.parent());  // nothing was posted yet
  }
  return {};
}

tl::expected<BillingQueries::PaymentWatch, QueryError> BillingQueries::WatchPayments(
    const WatchPaymentsRequest& request) const {
  return PaymentWatch::Of(
      request, kWaitingPayments, [this] { return NewestComplete(); },
      [of = request.parent()](const Payment& payment) {
        return of.empty() || OrganizationOf(payment.name()) == of;
      },
      [](const Payment& payment, WatchPaymentsResponse& item) {
        *item.mutable_payment() = payment;
      });
}

}  // namespace dialtone::projections
