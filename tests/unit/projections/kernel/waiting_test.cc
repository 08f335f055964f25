#include "projections/kernel/waiting.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/ledger/v1/token.pb.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using billing::v1::Payment;
using billing::v1::WatchPaymentsRequest;
using billing::v1::WatchPaymentsResponse;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Watch = WaitingWatch<Payment, WatchPaymentsResponse>;
constexpr WaitingTable<Payment> kTable{{1}, {2}};

// Three partitions' rows, written by hand.
class Waiting : public ::testing::Test {
 protected:
  template <class Change>
  void At(Position at, Change change) {
    RowWriter writer(*rows_);
    change(writer);
    rows_->Take(writer.changes());
    positions_[at.partition] = at.index;
  }
  void Put(Position at, const std::string& name) {
    Payment payment;
    payment.set_name(name);
    At(at, [&](RowWriter& writer) { PutWaiting(writer, kTable, at, payment); });
  }
  void End(Position at, const std::string& name) {
    At(at, [&](RowWriter& writer) { EndWaiting(writer, kTable, name); });
  }
  Snapshot Rows(char cluster = 'c') const {
    return Snapshot(std::make_shared<MemoryRows>(*rows_), std::string(16, cluster), positions_);
  }
  static Watch From(const std::string& resume_token) {
    WatchPaymentsRequest request;
    request.set_resume_token(resume_token);
    return *Watch::Of(
        request, kTable, [] { return std::nullopt; }, [](const Payment&) { return true; },
        [](const Payment& payment, WatchPaymentsResponse& item) {
          *item.mutable_payment() = payment;
        });
  }
  // Everything there is, and each time from the token of the message before.
  std::vector<std::string> TellAnew(std::string token = "") const {
    std::vector<std::string> told;
    WatchPaymentsResponse item;
    while (*From(token).Next(Rows(), item)) {
      told.push_back(item.payment().name());
      token = item.resume_token();
    }
    return told;
  }
  std::optional<std::string> Next(Watch& watch) const {
    WatchPaymentsResponse item;
    return *watch.Next(Rows(), item) ? std::optional(item.payment().name()) : std::nullopt;
  }

  Positions positions_{0, 0, 0};

 private:
  std::shared_ptr<MemoryRows> rows_ = std::make_shared<MemoryRows>();
};

TEST_F(Waiting, RowsAreToldOnceEachWhereverTheWatchIsBroken) {
  for (const char* const name : {"a", "b", "c"}) Put({0, 4}, name);
  Put({1, 9}, "d");
  Put({2, 1}, "e");
  EXPECT_THAT(TellAnew(), UnorderedElementsAre("a", "b", "c", "d", "e"));
}

TEST_F(Waiting, RowsThatComeWhileOthersAreToldAreNotMissed) {
  Put({0, 1}, "a");
  Put({0, 2}, "b");
  auto watch = From("");
  std::vector<std::string> told = {*Next(watch)};
  Put({1, 1}, "c");
  Put({0, 3}, "d");
  while (const auto next = Next(watch)) told.push_back(*next);
  EXPECT_THAT(told, UnorderedElementsAre("a", "b", "c", "d"));
}

TEST_F(Waiting, AChangedRowIsToldAgainAndAnEndedOneNotAtAll) {
  Put({0, 1}, "a");
  Put({0, 2}, "b");
  auto watch = From("");
  EXPECT_EQ(Next(watch), "a");
  Put({0, 3}, "a");
  End({0, 4}, "b");
  EXPECT_EQ(Next(watch), "a");
  EXPECT_EQ(Next(watch), std::nullopt);
  EXPECT_THAT(TellAnew(), ElementsAre("a"));
}

TEST_F(Waiting, ABusyPartitionKeepsNoOtherWaiting) {
  Put({0, 1}, "busy");
  Put({1, 1}, "quiet");
  auto watch = From("");
  std::vector<std::string> told;
  for (std::uint64_t index = 2; index <= 5; ++index) {
    told.push_back(*Next(watch));
    Put({0, index}, "busy");
  }
  EXPECT_THAT(told, testing::Contains("quiet"));
}

TEST_F(Waiting, AViewThatIsBehindTheTokenIsWaitedFor) {
  Put({0, 5}, "a");
  Put({0, 5}, "b");
  WatchPaymentsResponse item;
  ASSERT_TRUE(*From("").Next(Rows(), item));
  auto resumed = From(item.resume_token());
  positions_[0] = 3;
  EXPECT_EQ(Next(resumed), std::nullopt);
  positions_[0] = 5;
  EXPECT_EQ(Next(resumed), "b");
}

TEST_F(Waiting, AHeartbeatSaysHowFarTheWatchIs) {
  Put({0, 1}, "a");
  End({0, 2}, "a");
  auto watch = From("");
  EXPECT_EQ(Next(watch), std::nullopt);
  WatchPaymentsResponse beat;
  watch.Heartbeat(beat);
  positions_ = {0, 0, 0};  // what lies before is not looked at again
  Put({0, 1}, "a");
  positions_[0] = 2;
  EXPECT_THAT(TellAnew(beat.resume_token()), ElementsAre());
}

TEST_F(Waiting, ATokenOfAnotherLedgerIsRefused) {
  Put({0, 1}, "a");
  auto watch = From("");
  WatchPaymentsResponse item;
  ASSERT_TRUE(*watch.Next(Rows(), item));
  const auto elsewhere = From(item.resume_token()).Next(Rows('d'), item);
  ASSERT_FALSE(elsewhere.has_value());
  EXPECT_EQ(elsewhere.error().what, "resume_token");
}

}  // namespace
}  // namespace dialtone::projections
