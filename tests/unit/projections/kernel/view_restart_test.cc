// What a view makes of what a former run has left: a clean end, a crash, another ledger.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>

#include "projections/kernel/view.h"
#include "tests/unit/projections/kernel/accounts.h"

namespace dialtone::projections {
namespace {

using engine::FeedLedger;
using testing::HasSubstr;

constexpr int kEntries = 3'000;

void AppendMany(FeedLedger& ledger, int entries) {
  for (int i = 0; i < entries; ++i) {
    ledger.Append(static_cast<std::uint32_t>(i % 2),
                  Started(i % 2 == 0 ? "contoso" : "fabrikam", i));
  }
}

AccountsOptions Counting(std::atomic<int>& outcomes) {
  return {.before = [&outcomes] { ++outcomes; }};
}

class ViewRestartTest : public testing::Test {
 protected:
  std::string ErrorOf(FeedLedger& ledger) {
    const auto view = TryOpen(folder_, ledger);
    return view ? "" : view.error();
  }

  TemporaryFolder folder_;
  FeedLedger ledger_{2};
  std::atomic<int> projected_ = 0;
};

TEST_F(ViewRestartTest, GoesOnWhereItEnded) {
  AppendMany(ledger_, 100);
  ASSERT_TRUE(Open(folder_, ledger_)->WaitFor(HeadOf(ledger_), Soon()));
  ledger_.Restart();
  AppendMany(ledger_, 10);

  const auto view = Open(folder_, ledger_, Counting(projected_));
  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(projected_, 10);
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
}

TEST_F(ViewRestartTest, ReadsTheLedgerWhereTheFeedHasForgotten) {
  AppendMany(ledger_, 100);
  ledger_.Restart();
  const auto view = Open(folder_, ledger_);
  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
}

TEST_F(ViewRestartTest, DoesNotOpenRowsOfAnotherLedger) {
  Open(folder_, ledger_);
  FeedLedger other(2, 'x');
  EXPECT_THAT(ErrorOf(other), HasSubstr("accounts: holds rows of another ledger"));
}

TEST_F(ViewRestartTest, DoesNotOpenRowsOfOtherPartitions) {
  Open(folder_, ledger_);
  FeedLedger other(3);
  EXPECT_THAT(ErrorOf(other), HasSubstr("rows of 2 partitions, the ledger has 3"));
}

TEST_F(ViewRestartTest, DoesNotOpenRowsOfMoreThanTheLedgerHas) {
  AppendMany(ledger_, 20);
  ASSERT_TRUE(Open(folder_, ledger_)->WaitFor(HeadOf(ledger_), Soon()));
  FeedLedger shorter(2);
  AppendMany(shorter, 10);
  EXPECT_THAT(ErrorOf(shorter), HasSubstr("shows entry 0/10, the ledger ends at 0/5"));
}

TEST_F(ViewRestartTest, OpensThoughTheNodeIsStillReadingTheLedger) {
  AppendMany(ledger_, 20);
  ASSERT_TRUE(Open(folder_, ledger_)->WaitFor(HeadOf(ledger_), Soon()));
  FeedLedger behind(2);
  for (int i = 0; i < 20; ++i) {
    behind.AppendUnseen(static_cast<std::uint32_t>(i % 2),
                        Started(i % 2 == 0 ? "contoso" : "fabrikam", i));
  }
  const auto view = Open(folder_, behind, Counting(projected_));
  behind.Publish(0);
  behind.Publish(1);
  const Position at = behind.Append(0, Started("contoso", 1));
  EXPECT_TRUE(view->WaitFor(TokenOf(behind, at), Soon()));
  EXPECT_EQ(projected_, 1);
}

// The process dies between two batches: what RocksDB had in memory is gone. The test runs itself
// again for that, and both find the folder in the environment.
TEST_F(ViewRestartTest, CountsNothingTwiceAndLeavesNothingOutAfterACrash) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  constexpr char kFolder[] = "DIALTONE_TEST_CRASH_FOLDER";
  constexpr ViewLimits kSmall{.batch_bytes = 4U << 10U, .memtable_bytes = 64U << 10U};
  setenv(kFolder, folder_.path().c_str(), 0);
  const auto open = [&](FeedLedger& ledger) {
    return *View::Open(getenv(kFolder), std::make_unique<Accounts>(Counting(projected_)),
                       {ledger.cluster_id(), ledger.feeds(), ledger.signal()}, kSmall);
  };
  const auto live_and_die = [&] {
    FeedLedger ledger(2);
    const auto view = open(ledger);
    ASSERT_TRUE(view->WaitFor(ConsistencyToken(), Soon()));
    AppendMany(ledger, kEntries);
    ASSERT_TRUE(view->WaitFor(HeadOf(ledger), Soon()));
    raise(SIGKILL);
  };
  EXPECT_EXIT(live_and_die(), testing::KilledBySignal(SIGKILL), "");

  AppendMany(ledger_, kEntries);
  ledger_.Restart();
  const auto view = open(ledger_);
  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
  EXPECT_LT(projected_, kEntries) << "something had reached the disk";
  EXPECT_GT(projected_, 0) << "something was lost";
  unsetenv(kFolder);
}

}  // namespace
}  // namespace dialtone::projections
