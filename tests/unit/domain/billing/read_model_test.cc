#include <gtest/gtest.h>

#include <map>

#include "projections/billing/billing_projection.h"
#include "projections/billing/billing_queries.h"
#include "projections/billing/usage_rows.h"
#include "tests/support/credits.h"
#include "tests/support/memory_view.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::projections {
namespace {

using namespace billing::v1;
using billing::kDecide;
using testing::AddCall;
using testing::Batch;
using testing::Consume;
using testing::Funded;
using testing::Hold;
using testing::kContoso;
using testing::kUnit;
using testing::Licensed;
using testing::Story;
using testing::Users;

constexpr std::uint64_t kLondon = 442079460100;
constexpr std::uint64_t kSeattle = 12065550100;

// A story that is shown: every command's events go into a view in memory.
class Billing : public ::testing::Test {
 protected:
  Billing() {
    story_.Given(Users({"ann", "bob"}), Licensed({"ann"}, {"MCOPSTN5", "MCOPSTNPP"}));
    Show(story_.When(testing::Fund(50), kDecide));
    Show(story_.When(testing::Complete(WaitingPayment()), kDecide));
  }

  // What the last command led to is projected, in an entry of its own.
  void Show(Story& story) {
    std::map<std::string, ledger::v1::Outcome> outcomes;
    for (const auto& [aggregate, event] : story.events()) {
      outcomes[aggregate].set_aggregate(aggregate);
      *outcomes[aggregate].add_events() = event;
    }
    for (const auto& [aggregate, outcome] : outcomes)
      ASSERT_EQ(view_.Project(outcome, {{0, ++index_}, story.now()}), std::nullopt);
  }
  std::string WaitingPayment() const {
    WatchPaymentsResponse item;
    return *Watch("").Next(view_.TakeSnapshot(), item) ? item.payment().name() : "";
  }
  BillingQueries::PaymentWatch Watch(std::string_view parent, const std::string& token = "") const {
    WatchPaymentsRequest request;
    request.set_parent(std::string(parent));
    request.set_resume_token(token);
    return *queries_.WatchPayments(request);
  }
  template <class Reply, class Request, class Ask>
  Reply Answer(const Request& request, Ask ask) const {
    Reply reply;
    const auto answered = std::invoke(ask, queries_, view_.TakeSnapshot(), request, reply);
    EXPECT_TRUE(answered.has_value());
    return reply;
  }
  template <class Request>
  static Request Of() {
    Request request;
    request.set_parent(std::string(kContoso));
    return request;
  }
  std::vector<StatementLine> Statement() const {
    const auto reply = Answer<ListStatementLinesResponse>(Of<ListStatementLinesRequest>(),
                                                          &BillingQueries::ListStatementLines);
    return {reply.statement_lines().begin(), reply.statement_lines().end()};
  }
  Invoice InvoiceOf(const std::string& month) const {
    GetInvoiceRequest request;
    request.set_name(std::string(kContoso) + "/invoices/" + month);
    return Answer<Invoice>(request, &BillingQueries::GetInvoice);
  }
  TrialBalance Trial() const {
    return Answer<TrialBalance>(Of<GetTrialBalanceRequest>(), &BillingQueries::GetTrialBalance);
  }

  Story story_;
  BillingProjection projection_;
  MemoryView view_{projection_};
  BillingQueries queries_{nullptr, PageLimits{500, 1'000}};
  std::uint64_t index_ = 0;
};

std::int64_t SumOf(const TrialBalance& trial) {
  std::int64_t sum = 0;
  for (const Posting& balance : trial.balances()) sum += balance.amount().micros();
  return sum;
}

TEST_F(Billing, ShowsEachChangeWithTheBalanceAfterIt) {
  Show(story_.When(Consume("ann", 5 * kUnit), kDecide));
  const auto hold = story_.When(Hold("ann", 20 * kUnit), kDecide).ThenReplied<CreditHold>();
  Show(story_);
  CaptureHoldRequest capture;
  capture.set_name(hold.name());
  *capture.mutable_amount() = testing::Usd(12 * kUnit);
  Show(story_.When(capture, kDecide));
  const auto lines = Statement();
  ASSERT_EQ(lines.size(), 5U);
  const auto is = [&](std::size_t i, StatementLine::Kind kind, std::int64_t amount,
                      std::int64_t available, std::int64_t balance) {
    EXPECT_EQ(lines[i].kind(), kind) << i;
    EXPECT_EQ(lines[i].amount().micros(), amount * kUnit) << i;
    EXPECT_EQ(lines[i].available().micros(), available * kUnit) << i;
    EXPECT_EQ(lines[i].balance().micros(), balance * kUnit) << i;
  };
  is(4, StatementLine::FUNDING, 50, 50, 50);
  is(3, StatementLine::CONSUMPTION, -5, 45, 45);
  is(2, StatementLine::HOLD, -20, 25, 45);
  is(1, StatementLine::CAPTURE, -12, 25, 33);
  is(0, StatementLine::RELEASE, 8, 33, 33);
}

TEST_F(Billing, HasATrialBalanceOfZero) {
  Show(story_.When(Consume("ann", 5 * kUnit), kDecide));
  Show(story_.When(Hold("ann", 20 * kUnit), kDecide));
  EXPECT_EQ(SumOf(Trial()), 0);
  EXPECT_EQ(Trial().balances_size(), 4) << "cash, credits, revenue, held";
  EXPECT_EQ(Trial().position(), "0/4");
}

TEST_F(Billing, ShowsUsageByDayUserAndDestination) {
  story_.When(testing::RegisterSource(), kDecide);
  Show(story_);
  auto batch = Batch(1, {"ann", "zoe"});
  AddCall(batch, 0, kLondon, 60, story_.now());
  AddCall(batch, 0, kLondon, 61, story_.now());
  AddCall(batch, 0, kSeattle, 30, story_.now() - Duration::Seconds(1));
  AddCall(batch, 1, kLondon, 60, story_.now());
  Show(story_.When(batch, kDecide));
  const auto usage = Answer<ListUsageResponse>(Of<ListUsageRequest>(), &BillingQueries::ListUsage);
  ASSERT_EQ(usage.usage_days_size(), 2) << "what was refused is not shown";
  EXPECT_EQ(usage.usage_days(0).day(), "2018-11-30");
  EXPECT_EQ(usage.usage_days(0).pool_seconds(), 60U);
  EXPECT_EQ(usage.usage_days(0).charge().micros(), 0);
  EXPECT_EQ(usage.usage_days(1).calls(), 2U);
  EXPECT_EQ(usage.usage_days(1).seconds(), 121U);
  const auto* const rate = story_.policy().RateFor(E164::FromDigits(kLondon), story_.now());
  EXPECT_EQ(usage.usage_days(1).charge().micros(), 3 * rate->per_minute_micros());
  const auto pools = Answer<ListMinutePoolsResponse>(Of<ListMinutePoolsRequest>(),
                                                     &BillingQueries::ListMinutePools);
  ASSERT_EQ(pools.minute_pools_size(), 2) << "a pool is there as soon as it was looked at";
}

TEST_F(Billing, FindsUsageByItsFilters) {
  story_.When(testing::RegisterSource(), kDecide);
  auto batch = Batch(1, {"ann"});
  for (int day = 0; day < 3; ++day)
    AddCall(batch, 0, kLondon, 60, story_.now() - Duration::Days(day));
  Show(story_.When(batch, kDecide));
  auto request = Of<ListUsageRequest>();
  request.set_first_day("2018-11-30");
  EXPECT_EQ(Answer<ListUsageResponse>(request, &BillingQueries::ListUsage).usage_days_size(), 2);
  request.set_last_day("2018-11-30");
  EXPECT_EQ(Answer<ListUsageResponse>(request, &BillingQueries::ListUsage).usage_days_size(), 1);
  request.set_user(testing::UserName("bob"));
  EXPECT_EQ(Answer<ListUsageResponse>(request, &BillingQueries::ListUsage).usage_days_size(), 0);
}

TEST_F(Billing, InvoicesAMonthToTheMicroUnit) {
  story_.When(testing::RegisterSource(), kDecide);
  Show(story_);
  auto batch = Batch(1, {"ann"});
  for (int i = 0; i < 7; ++i) AddCall(batch, 0, kLondon, 60, story_.now());
  AddCall(batch, 0, kSeattle, 60, story_.now());
  const auto result = story_.When(batch, kDecide).ThenReplied<UsageBatchResult>();
  Show(story_);
  Show(story_.When(Consume("ann", 1'234'567), kDecide));
  const Invoice invoice = InvoiceOf("2018-12");
  EXPECT_EQ(invoice.opening_balance().micros(), 0);
  EXPECT_EQ(invoice.funded().micros(), 50 * kUnit);
  EXPECT_EQ(invoice.consumed().micros(), result.charged().micros() + 1'234'567);
  EXPECT_EQ(invoice.closing_balance().micros(),
            invoice.funded().micros() - invoice.consumed().micros());
  std::int64_t lines = 0;
  for (const InvoiceLine& line : invoice.lines()) lines += line.amount().micros();
  EXPECT_EQ(lines, invoice.consumed().micros());
  EXPECT_EQ(invoice.lines_size(), 3);
}

TEST_F(Billing, OpensAMonthWithWhatTheLastOneLeft) {
  Show(story_.When(Consume("ann", 5 * kUnit), kDecide));
  story_.Wait(Duration::Days(62));
  Show(story_.When(Consume("ann", kUnit), kDecide));
  EXPECT_EQ(InvoiceOf("2018-12").closing_balance().micros(), 45 * kUnit);
  const Invoice quiet = InvoiceOf("2019-01");
  EXPECT_EQ(quiet.opening_balance().micros(), 45 * kUnit);
  EXPECT_EQ(quiet.closing_balance().micros(), 45 * kUnit);
  EXPECT_EQ(InvoiceOf("2019-02").opening_balance().micros(), 45 * kUnit);
  EXPECT_EQ(InvoiceOf("2019-02").closing_balance().micros(), 44 * kUnit);
}

TEST_F(Billing, HasNoInvoiceOfWhatIsNoMonth) {
  GetInvoiceRequest request;
  Invoice invoice;
  for (const char* const month : {"2018-13", "2018-1", "last"}) {
    request.set_name(std::string(kContoso) + "/invoices/" + month);
    EXPECT_FALSE(queries_.GetInvoice(view_.TakeSnapshot(), request, invoice)) << month;
  }
  request.set_name("organizations/fabrikam/invoices/2018-12");
  EXPECT_FALSE(queries_.GetInvoice(view_.TakeSnapshot(), request, invoice));
}

TEST_F(Billing, ShowsWaitingPaymentsOnceAndFromWhereAWatchEnded) {
  EXPECT_EQ(WaitingPayment(), "") << "the first was accepted";
  Show(story_.When(testing::Fund(60), kDecide));
  Show(story_.When(testing::Fund(70), kDecide));
  WatchPaymentsResponse item;
  auto watch = Watch(kContoso);
  ASSERT_TRUE(*watch.Next(view_.TakeSnapshot(), item));
  EXPECT_EQ(item.payment().amount().micros(), 60 * kUnit);
  auto resumed = Watch(kContoso, item.resume_token());
  ASSERT_TRUE(*resumed.Next(view_.TakeSnapshot(), item));
  EXPECT_EQ(item.payment().amount().micros(), 70 * kUnit);
  EXPECT_FALSE(*resumed.Next(view_.TakeSnapshot(), item));
  auto other = Watch("organizations/fabrikam");
  EXPECT_FALSE(*other.Next(view_.TakeSnapshot(), item));
}

TEST_F(Billing, GoesOnForTheSameWatchOnly) {
  WatchPaymentsRequest request;
  for (const std::string& token : {std::string("!"), Watch(kContoso).Resume() + "QUJD"}) {
    request.set_resume_token(token);
    EXPECT_FALSE(queries_.WatchPayments(request).has_value()) << token;
  }
  Show(story_.When(testing::Fund(60), kDecide));
  WatchPaymentsResponse item;
  ASSERT_TRUE(*Watch(kContoso).Next(view_.TakeSnapshot(), item));
  request.set_resume_token(item.resume_token());
  const auto of_all = queries_.WatchPayments(request);
  ASSERT_FALSE(of_all.has_value());
  EXPECT_EQ(of_all.error().what, "resume_token");
}

TEST_F(Billing, ListsLotsOfItsOrganizationOnly) {
  Show(story_.When(Consume("ann", 50 * kUnit), kDecide));
  auto request = Of<ListLotsRequest>();
  EXPECT_EQ(Answer<ListLotsResponse>(request, &BillingQueries::ListLots).lots_size(), 1);
  request.set_open_only(true);
  EXPECT_EQ(Answer<ListLotsResponse>(request, &BillingQueries::ListLots).lots_size(), 0);
  request.set_open_only(false);
  request.set_parent("organizations/contos");
  EXPECT_EQ(Answer<ListLotsResponse>(request, &BillingQueries::ListLots).lots_size(), 0);
}

TEST(BillingDays, AreThoseOfUtcBefore1970Too) {
  EXPECT_EQ(DayText(Timestamp::Micros(0)), "1970-01-01");
  EXPECT_EQ(DayText(Timestamp::Micros(-1)), "1969-12-31");
  EXPECT_EQ(MonthText(Timestamp::Micros(1'543'622'400'000'000)), "2018-12");
}

}  // namespace
}  // namespace dialtone::projections
