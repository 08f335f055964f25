#include "projections/kernel/view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <string>
#include <thread>
#include <vector>

#include "tests/unit/projections/kernel/accounts.h"

namespace dialtone::projections {
namespace {

using engine::FeedLedger;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class ViewTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  FeedLedger ledger_{2};
};

TEST_F(ViewTest, ShowsWhatATokenAsksFor) {
  const auto view = Open(folder_, ledger_);
  for (int i = 1; i <= 20; ++i) {
    const Position at = ledger_.Append(0, Started("contoso", 1));
    const Reached reached = view->WaitFor(TokenOf(ledger_, at), Soon());
    ASSERT_TRUE(reached) << reached.error().detail;
    EXPECT_EQ(SumOf(*reached, "contoso"), i);
  }
}

TEST_F(ViewTest, AnswersATokenThatAsksForNothingWithWhatItHas) {
  const auto view = Open(folder_, ledger_);
  const Reached reached = view->WaitFor(ConsistencyToken(), Soon());
  ASSERT_TRUE(reached);
  EXPECT_THAT(RowsOf(*reached), IsEmpty());
}

TEST_F(ViewTest, WritesAtOnceWhenSomebodyWaits) {
  const auto view = Open(folder_, ledger_, {}, {.batch_wait = std::chrono::hours(1)});
  ASSERT_TRUE(view->WaitFor(ConsistencyToken(), Soon()));
  for (int i = 0; i < 3; ++i) {
    const Position at = ledger_.Append(0, Started("contoso", 1));
    EXPECT_TRUE(view->WaitFor(TokenOf(ledger_, at), Soon()));
  }
}

TEST_F(ViewTest, WritesWithoutAWaiterToo) {
  const auto view = Open(folder_, ledger_);
  ledger_.Append(0, Started("contoso", 1));
  while (view->TakeSnapshot().positions()[0] == 0) std::this_thread::yield();
  EXPECT_EQ(SumOf(view->TakeSnapshot(), "contoso"), 1);
}

TEST_F(ViewTest, TellsHowFarItHasComeWhenTheDeadlinePasses) {
  const auto view = Open(folder_, ledger_);
  const Position seen = ledger_.Append(1, Started("contoso", 1));
  ASSERT_TRUE(view->WaitFor(TokenOf(ledger_, seen), Soon()));
  const Position unseen = ledger_.AppendUnseen(1, Started("contoso", 1));

  const Reached reached = view->WaitFor(TokenOf(ledger_, unseen), In(std::chrono::milliseconds(5)));
  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().reason, UnreachedReason::kDeadline);
  EXPECT_THAT(reached.error().reached, ElementsAre(0, 1));
  EXPECT_THAT(reached.error().detail, HasSubstr("asked for entry 1/2, has reached 1/1"));
}

TEST_F(ViewTest, LetsAWaiterGoOnWhenTheEntryComes) {
  const auto view = Open(folder_, ledger_);
  const Position at = ledger_.AppendUnseen(1, Started("contoso", 7));
  std::promise<Reached> promise;
  view->WhenReached(TokenOf(ledger_, at), Soon(),
                    [&](Reached reached) { promise.set_value(std::move(reached)); });
  ledger_.Publish(1);
  const Reached reached = promise.get_future().get();
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(SumOf(*reached, "contoso"), 7);
}

TEST_F(ViewTest, RefusesTokensThatNoWaitingCouldSatisfy) {
  const auto view = Open(folder_, ledger_);
  ledger_.Append(0, Started("contoso", 1));
  const auto reason = [&](const ConsistencyToken& token) {
    return view->WaitFor(token, Deadline::max()).error().reason;
  };
  EXPECT_EQ(reason(ConsistencyToken(std::string(16, 'x'), {{0, 1}})),
            UnreachedReason::kOtherCluster);
  EXPECT_EQ(reason(TokenOf(ledger_, {0, 2})), UnreachedReason::kBeyondEnd);
  EXPECT_EQ(reason(TokenOf(ledger_, {2, 1})), UnreachedReason::kBeyondEnd);
}

TEST_F(ViewTest, WaitsForWhatAnotherNodeMayHaveAppended) {
  const auto view =
      View::Open(folder_.path() / "views", std::make_unique<Accounts>(AccountsOptions()),
                 {ledger_.cluster_id(), ledger_.feeds(), ledger_.signal(), Appenders::kMany});
  ASSERT_TRUE(view) << view.error();
  std::promise<Reached> promise;
  (*view)->WhenReached(TokenOf(ledger_, {0, 1}), Soon(),
                       [&](Reached reached) { promise.set_value(std::move(reached)); });
  ledger_.Append(0, Started("contoso", 7));
  const Reached reached = promise.get_future().get();
  ASSERT_TRUE(reached) << reached.error().detail;
  EXPECT_EQ(SumOf(*reached, "contoso"), 7);
  const auto never = (*view)->WaitFor(TokenOf(ledger_, {2, 1}), Deadline::max());
  EXPECT_EQ(never.error().reason, UnreachedReason::kBeyondEnd);
}

TEST_F(ViewTest, MakesOfInterleavedPartitionsWhatEachOfThemSays) {
  const auto view = Open(folder_, ledger_);
  for (int i = 0; i < 500; ++i) {
    ledger_.Append(0, Started("contoso", i));
    ledger_.Append(1, Started(i % 2 == 0 ? "fabrikam" : "northwind", i));
  }
  const Reached reached = view->WaitFor(HeadOf(ledger_), Soon());
  ASSERT_TRUE(reached);
  EXPECT_EQ(RowsOf(*reached), FreshRows(ledger_));
  EXPECT_THAT(reached->positions(), ElementsAre(500, 500));
  EXPECT_EQ(reached->token(), HeadOf(ledger_));
}

TEST_F(ViewTest, ShowsEachReaderOnePointOfTheStory) {
  const auto view = Open(folder_, ledger_, {}, {.batch_wait = std::chrono::microseconds(50)});
  const Position last{0, 2'000};
  const auto read = [&] {
    std::uint64_t before = 0;
    while (before < last.index) {
      const Snapshot snapshot = view->TakeSnapshot();
      const std::uint64_t shown = snapshot.positions()[0];
      EXPECT_GE(shown, before);
      EXPECT_EQ(SumOf(snapshot, "contoso"), static_cast<std::int64_t>(shown));
      EXPECT_EQ(snapshot.Scan(kLines, {}, 10'000).size(), shown);
      before = shown;
    }
  };
  std::thread reader(read);
  std::thread other(read);
  for (std::uint64_t i = 0; i < last.index; ++i) ledger_.Append(0, Started("contoso", 1));
  reader.join();
  other.join();
}

TEST_F(ViewTest, StopsInFrontOfWhatItDoesNotKnowWhileOthersGoOn) {
  ledger_.Append(0, Started("contoso", 1));
  const Position unknown = ledger_.Append(0, UnknownToAccounts());
  ledger_.Append(0, Started("contoso", 1));
  const auto view = Open(folder_, ledger_);

  const Reached reached = view->WaitFor(TokenOf(ledger_, unknown), Soon());
  ASSERT_FALSE(reached);
  EXPECT_EQ(reached.error().reason, UnreachedReason::kStopped);
  EXPECT_THAT(reached.error().detail, HasSubstr("entry 0/2 holds what the view does not know"));
  EXPECT_THAT(view->Status().stop_reason, HasSubstr("timer_set"));
  EXPECT_THAT(view->TakeSnapshot().positions(), ElementsAre(1, 0));
  EXPECT_EQ(SumOf(view->TakeSnapshot(), "contoso"), 1) << "no row of the entry in question";

  FeedLedger healthy(1);
  const auto other = Open(folder_, healthy, {.name = "other"});
  const Position at = healthy.Append(0, Started("contoso", 1));
  EXPECT_TRUE(other->WaitFor(TokenOf(healthy, at), Soon()));
}

TEST_F(ViewTest, StopsAtAnEventOfNoSliceThatItKnows) {
  const auto view = Open(folder_, ledger_);
  ledger::v1::Outcome outcome = Started("contoso", 1);
  outcome.add_events();
  const Position at = ledger_.Append(0, std::move(outcome));
  EXPECT_EQ(view->WaitFor(TokenOf(ledger_, at), Soon()).error().reason, UnreachedReason::kStopped);
}

TEST_F(ViewTest, TellsThoseWhoWaitThatItEnds) {
  auto view = Open(folder_, ledger_);
  const Position at = ledger_.AppendUnseen(0, Started("contoso", 1));
  std::promise<Reached> promise;
  view->WhenReached(TokenOf(ledger_, at), Deadline::max(),
                    [&](Reached reached) { promise.set_value(std::move(reached)); });
  view.reset();
  EXPECT_EQ(promise.get_future().get().error().reason, UnreachedReason::kStopped);
}

TEST_F(ViewTest, TellsHowFarItIsBehindInLedgerTime) {
  std::promise<void> go_on;
  const auto gate = go_on.get_future().share();
  const auto view = Open(folder_, ledger_, {.before = [&] { gate.wait(); }});
  for (int i = 0; i < 5; ++i) ledger_.Append(0, Started("contoso", 1));  // a second each
  EXPECT_EQ(view->Status().lag, Duration::Seconds(4));
  go_on.set_value();
  ASSERT_TRUE(view->WaitFor(HeadOf(ledger_), Soon()));
  EXPECT_EQ(view->Status().lag, Duration());
}

}  // namespace
}  // namespace dialtone::projections
