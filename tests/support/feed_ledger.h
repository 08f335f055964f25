// Feeds over a ledger in memory, without a node: what is appended is valid at once. For tests of
// what reads feeds.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/engine/runtime/feed.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

// One thread appends.
class FeedLedger {
 public:
  explicit FeedLedger(std::uint32_t partitions, char cluster = 'c')
      : cluster_(ClusterId::FromBytes(std::string(16, cluster))),
        store_(cluster_, partitions),
        node_(store_.Open(1)),
        unpublished_(partitions) {
    MakeFeeds();
  }

  // An entry of one outcome, a second after the one before it.
  Position Append(std::uint32_t partition, ledger::v1::Outcome outcome) {
    ledger::v1::Batch batch;
    *batch.add_outcomes() = std::move(outcome);
    return Append(partition, std::move(batch));
  }
  Position Append(std::uint32_t partition, ledger::v1::Batch batch) {
    const Position at = Store(partition, std::move(batch));
    Publish(partition);
    return at;
  }
  // In the ledger, but not in the feed before it is published: a follower that is behind.
  Position AppendUnseen(std::uint32_t partition, ledger::v1::Outcome outcome) {
    ledger::v1::Batch batch;
    *batch.add_outcomes() = std::move(outcome);
    return Store(partition, std::move(batch));
  }
  void Publish(std::uint32_t partition) {
    for (auto& [entry, offset] : std::exchange(unpublished_[partition], {}))
      feeds_[partition]->Publish(std::move(entry), offset);
  }

  // The node starts again: the feeds know their heads, their rings are empty. REQUIRES: no reader.
  void Restart() {
    std::vector<OffsetMap> offsets;
    for (const auto& feed : feeds_) offsets.push_back(feed->offsets());
    MakeFeeds();
    for (std::size_t i = 0; i < feeds_.size(); ++i) feeds_[i]->RestoreHead(std::move(offsets[i]));
  }

  std::string cluster_id() const { return std::string(cluster_.bytes()); }
  FeedSignal& signal() { return signal_; }
  std::vector<const Feed*> feeds() const {
    std::vector<const Feed*> feeds;
    for (const auto& feed : feeds_) feeds.push_back(feed.get());
    return feeds;
  }

 private:
  void MakeFeeds() {
    feeds_.clear();
    for (std::uint32_t partition = 0; partition < node_->partition_count(); ++partition) {
      feeds_.push_back(std::make_unique<Feed>(partition, node_->partition(partition), signal_));
    }
  }

  Position Store(std::uint32_t partition, ledger::v1::Batch batch) {
    const Position at{partition, feeds_[partition]->head() + unpublished_[partition].size() + 1};
    time_ = time_ + Duration::Seconds(1);
    ledger::v1::Entry entry;
    entry.set_term(1);
    entry.set_writer(std::string(16, 'w'));
    entry.set_index(at.index);
    entry.set_previous_hash(std::string(32, 'h'));
    entry.set_time_micros(time_.micros());
    entry.set_batch(batch.SerializeAsString());
    std::string record = EntryRecord(std::move(entry));
    const std::size_t bytes = record.size();
    node_->partition(partition).Append(std::move(record), 1);
    node_->partition(partition).Poll(Duration::Seconds(10), [&](Cookie,
                                                                const AppendResult& result) {
      DIALTONE_CHECK(result.fate == AppendFate::kStored, "a ledger without faults");
      unpublished_[partition].push_back(
          {{{at, time_}, std::make_shared<const ledger::v1::Batch>(std::move(batch)), false, bytes},
           result.offset});
    });
    return at;
  }

  const ClusterId cluster_;
  MemoryLedgerStore store_;
  std::unique_ptr<LedgerStore> node_;
  FeedSignal signal_;
  std::vector<std::unique_ptr<Feed>> feeds_;
  std::vector<std::vector<std::pair<FeedEntry, Offset>>> unpublished_;
  Timestamp time_;
};

}  // namespace dialtone::engine
