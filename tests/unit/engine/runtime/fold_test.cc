#include "controlplane/engine/runtime/fold.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

constexpr Timestamp kNoon = Timestamp::Micros(1'700'000'000'000'000);
const AggregateKey kAlice = testing::AccountKey(1);

std::unique_ptr<Fold> NewFold(std::size_t requests_max = 4) {
  return std::make_unique<Fold>(0, std::make_unique<testing::ToyMachine>(), requests_max);
}

Moment At(std::uint64_t index) {
  return {{0, index}, kNoon + Duration::Seconds(static_cast<std::int64_t>(index))};
}

// One entry: usage that a client sent and got its answer to, a timer, a cause.
ledger::v1::Batch Entry(std::uint64_t number) {
  ledger::v1::Batch batch;
  ledger::v1::Outcome& usage = *batch.add_outcomes();
  usage.set_aggregate(kAlice.text());
  *usage.mutable_request() = testing::ToyRequest(testing::ToyRequestId(kNoon, number),
                                                 testing::CountUsage("source", number, 10));
  auto& counted = *usage.add_events()->mutable_exercise()->mutable_usage_counted();
  counted.set_source("source");
  counted.set_sequence(number);
  counted.set_amount(10);
  usage.add_answers()->set_request_id(usage.request().id());

  ledger::v1::Outcome& step = *batch.add_outcomes();
  step.set_aggregate(testing::AccountKey(2).text());
  step.mutable_cause()->set_partition(3);
  step.mutable_cause()->set_index(number);
  auto& timer = *step.add_events()->mutable_exercise()->mutable_timer_set();
  timer.set_name("timer " + std::to_string(number % 2));
  timer.set_due_micros((kNoon + Duration::Minutes(static_cast<std::int64_t>(number))).micros());
  return batch;
}

class Rows {
 public:
  void Take(const RowBatch& batch) {
    for (const RowChange& change : batch) {
      if (change.row) {
        rows_[change.key] = *change.row;
      } else {
        rows_.erase(change.key);
      }
    }
  }
  std::optional<std::string> Find(std::string_view key) const {
    const auto found = rows_.find(std::string(key));
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  std::unique_ptr<Fold> Restored() const {
    auto fold = NewFold();
    for (const auto& [key, row] : rows_) fold->Restore(key, row);
    fold->Derive();
    return fold;
  }

 private:
  std::map<std::string, std::string> rows_;
};

TEST(Fold, IsTheSameFromRowsAsFromEntriesAtEveryPosition) {
  const auto replayed = NewFold();
  Rows rows;
  for (std::uint64_t index = 1; index <= 10; ++index) {
    replayed->Take(Entry(index), At(index));
    rows.Take(replayed->TakeTouched());
    const auto restored = rows.Restored();
    ASSERT_EQ(restored->ContentDigest(), replayed->ContentDigest()) << "at " << index;
    ASSERT_EQ(restored->machine().NextDeadline(), replayed->machine().NextDeadline());
    ASSERT_EQ(restored->time(), At(index).time);
  }
}

TEST(Fold, GoesOnFromRowsAsIfItHadNeverStopped) {
  const auto replayed = NewFold();
  Rows rows;
  for (std::uint64_t index = 1; index <= 6; ++index) replayed->Take(Entry(index), At(index));
  rows.Take(replayed->TakeTouched());
  const auto restored = rows.Restored();
  for (std::uint64_t index = 7; index <= 12; ++index) {
    replayed->Take(Entry(index), At(index));
    restored->Take(Entry(index), At(index));
  }
  EXPECT_EQ(restored->ContentDigest(), replayed->ContentDigest());
  EXPECT_EQ(restored->requests().floor(), replayed->requests().floor());
}

TEST(Fold, IsAsBeforeWhenVoidEntriesAreRolledBack) {
  const auto fold = NewFold();
  Rows rows;
  for (std::uint64_t index = 1; index <= 5; ++index) fold->Take(Entry(index), At(index));
  rows.Take(fold->TakeTouched());
  const Digest before = fold->ContentDigest();
  const auto deadline = fold->machine().NextDeadline();

  RowBatch touched;
  for (std::uint64_t index = 6; index <= 9; ++index) {
    fold->Take(Entry(index), At(index));
    for (RowChange& change : fold->TakeTouched()) touched.push_back(std::move(change));
  }
  ASSERT_NE(fold->ContentDigest(), before);
  fold->Reload(touched, [&](std::string_view key) { return rows.Find(key); });

  EXPECT_EQ(fold->ContentDigest(), before);
  EXPECT_EQ(fold->machine().NextDeadline(), deadline);
  EXPECT_TRUE(fold->TakeTouched().empty());
}

TEST(Fold, KeepsTheTimeOfAnEntryThatHoldsNothing) {
  const auto fold = NewFold();
  fold->Take(ledger::v1::Batch(), At(1));
  EXPECT_EQ(fold->time(), At(1).time);
}

TEST(Fold, TellsOtherContentByItsDigest) {
  const auto one = NewFold();
  const auto other = NewFold();
  one->Take(Entry(1), At(1));
  other->Take(Entry(2), At(1));
  EXPECT_NE(one->ContentDigest(), other->ContentDigest());
}

TEST(Fold, CountsARequestACauseAndAnAnswer) {
  const auto fold = NewFold();
  fold->Take(Entry(1), At(1));
  const RequestKey key(testing::ToyRequestId(kNoon, 1), kAlice.hash());
  ASSERT_NE(fold->requests().Find(key), nullptr);
  EXPECT_EQ(fold->requests().Find(key)->answered_index, 1u);
  EXPECT_EQ(fold->inbox().At(3), (InboxPosition{1, 0}));
}

}  // namespace
}  // namespace dialtone::engine
