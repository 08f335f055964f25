#include "controlplane/engine/runtime/feed.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <utility>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::engine {
namespace {

constexpr std::size_t kMany = 1U << 30U;

// A log that is written by hand, and a feed that is told what of it counts.
class FeedTest : public ::testing::Test {
 protected:
  void AppendVoid() {
    store_.partition(0).Append(GenesisRecord(ClusterId(), 0, 1), 0);
    store_.partition(0).Poll(Duration(), [](Cookie, const AppendResult&) {});
  }

  // An entry whose batch is about as large as told, published where it stands.
  void AppendEntry(std::size_t bytes = 10) {
    ledger::v1::Batch batch;
    batch.add_outcomes()->set_aggregate(std::string(bytes, 'a'));
    ledger::v1::Entry entry;
    entry.set_writer(std::string(Writer().bytes()));
    entry.set_previous_hash(std::string(AsBytes(Digest())));
    entry.set_index(++index_);
    entry.set_time_micros(static_cast<std::int64_t>(index_));
    entry.set_has_reactions(index_ % 2 == 0);
    entry.set_batch(batch.SerializeAsString());
    const std::string record = EntryRecord(entry);
    const Offset offset = store_.partition(0).End();
    store_.partition(0).Append(record, 0);
    store_.partition(0).Poll(Duration(), [](Cookie, const AppendResult&) {});
    feed_.Publish({{{0, index_}, Timestamp::Micros(entry.time_micros())},
                   std::make_shared<ledger::v1::Batch>(batch),
                   entry.has_reactions(),
                   record.size()},
                  offset);
  }

  std::vector<std::uint64_t> IndexesAfter(const Feed& feed, std::uint64_t index,
                                          std::size_t bytes_max = kMany) {
    std::vector<std::uint64_t> indexes;
    for (const FeedEntry& entry : feed.ReadAfter(index, bytes_max))
      indexes.push_back(entry.at.position.index);
    return indexes;
  }

  MemoryLedgerStore memory_{ClusterId(), 1};
  std::unique_ptr<LedgerStore> opened_ = memory_.Open(0);
  LedgerStore& store_ = *opened_;
  FeedSignal signal_;
  Feed feed_{0, store_.partition(0), signal_};
  std::uint64_t index_ = 0;
};

using Indexes = std::vector<std::uint64_t>;

TEST_F(FeedTest, IsEmptyAtFirst) {
  EXPECT_EQ(feed_.head(), 0u);
  EXPECT_TRUE(feed_.ReadAfter(0, kMany).empty());
}

TEST_F(FeedTest, GivesEntriesBehindACursorInOrder) {
  for (int entry = 0; entry < 4; ++entry) AppendEntry();
  EXPECT_EQ(IndexesAfter(feed_, 0), (Indexes{1, 2, 3, 4}));
  EXPECT_EQ(IndexesAfter(feed_, 3), (Indexes{4}));
  EXPECT_TRUE(feed_.ReadAfter(4, kMany).empty());
  EXPECT_TRUE(feed_.ReadAfter(9, kMany).empty());
}

TEST_F(FeedTest, GivesAtLeastOneEntryHoweverSmallTheBound) {
  for (int entry = 0; entry < 3; ++entry) AppendEntry(1'000);
  EXPECT_EQ(IndexesAfter(feed_, 0, 1), (Indexes{1}));
  EXPECT_EQ(IndexesAfter(feed_, 0, 2'500), (Indexes{1, 2}));
}

TEST_F(FeedTest, ReadsTheLedgerForACursorBehindItsRing) {
  while (feed_.offsets().last_index() < 80) AppendEntry(200U << 10U);
  Indexes seen;
  for (std::uint64_t cursor = 0; cursor < 80;) {
    const auto entries = feed_.ReadAfter(cursor, 1U << 20U);
    ASSERT_FALSE(entries.empty());
    for (const FeedEntry& entry : entries) {
      ASSERT_EQ(entry.at.position.index, ++cursor);
      ASSERT_EQ(entry.at.time, Timestamp::Micros(static_cast<std::int64_t>(cursor)));
      ASSERT_EQ(entry.has_reactions, cursor % 2 == 0);
      ASSERT_EQ(entry.batch->outcomes(0).aggregate().size(), 200U << 10U);
    }
  }
}

TEST_F(FeedTest, GivesNothingAndDoesNotWaitWhileTheLedgerCannotBeRead) {
  AppendEntry();
  AppendEntry();
  Feed behind(0, store_.partition(0), signal_);
  behind.RestoreHead(feed_.offsets());
  memory_.GoAway(0);
  EXPECT_EQ(IndexesAfter(behind, 0), Indexes());
  EXPECT_EQ(IndexesAfter(feed_, 0), (Indexes{1, 2})) << "what is in the ring is at hand";
  memory_.ComeBack(0);
  EXPECT_EQ(IndexesAfter(behind, 0), (Indexes{1, 2}));
}

TEST_F(FeedTest, PassesOverWhatDoesNotCountInTheLedger) {
  AppendVoid();
  AppendEntry();
  AppendVoid();
  AppendVoid();
  AppendEntry();
  AppendEntry();
  Feed behind(0, store_.partition(0), signal_);
  behind.RestoreHead(feed_.offsets());
  EXPECT_EQ(IndexesAfter(behind, 0), (Indexes{1, 2, 3}));
  EXPECT_EQ(IndexesAfter(behind, 1), (Indexes{2, 3}));
}

TEST_F(FeedTest, GoesOnBehindWhatAFormerRunHasRead) {
  for (int entry = 0; entry < 3; ++entry) AppendEntry();
  OffsetMap stored = feed_.offsets();
  AppendEntry();
  Feed restored(0, store_.partition(0), signal_);
  restored.RestoreHead(std::move(stored));
  EXPECT_EQ(restored.head(), 3u);
  EXPECT_EQ(IndexesAfter(restored, 0), (Indexes{1, 2, 3}));
}

TEST_F(FeedTest, WakesWhoeverWaits) {
  const std::uint64_t seen = signal_.version();
  std::thread waiter([&] { signal_.WaitBeyond(seen, Duration::Seconds(60)); });
  AppendEntry();
  waiter.join();
  EXPECT_GT(signal_.version(), seen);
  signal_.WaitBeyond(seen, Duration::Seconds(60));  // does not wait for what has been
}

}  // namespace
}  // namespace dialtone::engine
