#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <string>
#include <thread>

#include "projections/kernel/view.h"
#include "tests/unit/projections/kernel/accounts.h"

namespace dialtone::projections {
namespace {

using engine::FeedLedger;
using testing::HasSubstr;
using Rebuilt = tl::expected<void, std::string>;

std::future<Rebuilt> BeginRebuild(View& view) {
  auto promise = std::make_shared<std::promise<Rebuilt>>();
  view.Rebuild([promise](Rebuilt how) { promise->set_value(std::move(how)); });
  return promise->get_future();
}

class ViewRebuildTest : public testing::Test {
 protected:
  void AppendMany(int entries) {
    for (int i = 0; i < entries; ++i)
      ledger_.Append(static_cast<std::uint32_t>(i % 2),
                     Started(i % 2 == 0 ? "contoso" : "fabrikam", i));
  }

  TemporaryFolder folder_;
  FeedLedger ledger_{2};
};

TEST_F(ViewRebuildTest, GivesTheSameRowsWhileEventsArriveAndReadersRead) {
  constexpr ViewLimits kSmallBatches{.batch_bytes = 2U << 10U};
  const auto view = Open(folder_, ledger_, {}, kSmallBatches);
  AppendMany(3'000);
  ASSERT_TRUE(view->WaitFor(HeadOf(ledger_), Soon()));

  std::atomic<int> rebuilds = 0;
  std::thread reader([&] {
    Positions before{3'000 / 2, 3'000 / 2};
    while (rebuilds < 3) {
      const Snapshot snapshot = view->TakeSnapshot();
      EXPECT_GE(snapshot.positions(), before);
      EXPECT_EQ(snapshot.Scan(kLines, {Key("contoso"), "", ""}, 1'000'000).size(),
                snapshot.positions()[0]);
      before = snapshot.positions();
    }
  });
  for (; rebuilds < 3; ++rebuilds) {
    std::future<Rebuilt> rebuilt = BeginRebuild(*view);
    while (rebuilt.wait_for(std::chrono::microseconds(100)) != std::future_status::ready)
      AppendMany(2);
    EXPECT_TRUE(rebuilt.get());
  }
  reader.join();

  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
  EXPECT_FALSE(view->Status().rebuilding);
}

TEST_F(ViewRebuildTest, IsReadAfterARestart) {
  AppendMany(100);
  auto view = Open(folder_, ledger_);
  ASSERT_TRUE(BeginRebuild(*view).get());
  view.reset();
  std::atomic<int> projected = 0;
  view = Open(folder_, ledger_, {.before = [&] { ++projected; }});
  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached);
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
  EXPECT_EQ(projected, 0);
}

TEST_F(ViewRebuildTest, HappensByItselfWhenTheVersionIsAnother) {
  AppendMany(100);
  ASSERT_TRUE(Open(folder_, ledger_)->WaitFor(HeadOf(ledger_), Soon()));
  const AccountsOptions other{.version = 2, .factor = 10};
  const Reached reached = Open(folder_, ledger_, other)->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_, other));
}

TEST_F(ViewRebuildTest, GivesNobodyAViewThatIsHalfBuilt) {
  AppendMany(100);
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  const auto view = Open(folder_, ledger_, {.before = [&] { gate.wait(); }});

  const Reached early = view->WaitFor(ConsistencyToken(), In(std::chrono::milliseconds(0)));
  EXPECT_EQ(early.error().reason, UnreachedReason::kBuilding);
  std::promise<Reached> late;
  view->WhenReached(ConsistencyToken(), Soon(),
                    [&](Reached reached) { late.set_value(std::move(reached)); });
  EXPECT_FALSE(view->Status().ready);
  go_on.set_value();
  const Reached reached = late.get_future().get();
  ASSERT_TRUE(reached);
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
  EXPECT_TRUE(view->Status().ready);
}

TEST_F(ViewRebuildTest, EndsWithTheReasonWhenTheViewStops) {
  const auto view = Open(folder_, ledger_);
  const Position at = ledger_.Append(0, UnknownToAccounts());
  ASSERT_FALSE(view->WaitFor(TokenOf(ledger_, at), Soon()));
  EXPECT_THAT(BeginRebuild(*view).get().error(), HasSubstr("does not know"));
}

TEST_F(ViewRebuildTest, IsOneForAllWhoAskWhileItRuns) {
  AppendMany(100);
  std::atomic<int> projected = 0;
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  const auto view = Open(folder_, ledger_, {.before = [&] {
                           ++projected;
                           gate.wait();
                         }});
  std::future<Rebuilt> first = BeginRebuild(*view);
  std::future<Rebuilt> second = BeginRebuild(*view);
  go_on.set_value();
  EXPECT_TRUE(first.get());
  EXPECT_TRUE(second.get());
  EXPECT_EQ(projected, 100);
}

}  // namespace
}  // namespace dialtone::projections
