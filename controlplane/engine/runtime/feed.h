// The valid entries of one partition, parsed once, for all that read them: reactions, views,
// watchers, repeats. A cursor is an index; one that falls behind the ring reads the ledger by
// itself, and slows nobody.
#pragma once

#include <absl/functional/function_ref.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/offset_map.h"
#include "controlplane/kernel/position.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

struct FeedEntry {
  Moment at;
  std::shared_ptr<const ledger::v1::Batch> batch;
  bool has_reactions = false;
  std::size_t bytes = 0;  // as stored
};

// Wakes whoever waits for any of a node's feeds.
class FeedSignal {
 public:
  std::uint64_t version() const;
  void Raise();
  // Until the version is beyond `seen`, or `wait` is over.
  void WaitBeyond(std::uint64_t seen, Duration wait) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable raised_;
  std::uint64_t version_ = 0;
};

// Whoever could not read what is there looks again so soon.
inline constexpr Duration kReadAgainAfter = Duration::Millis(5);

class Feed {
 public:
  static constexpr std::size_t kRingBytes = 2U << 20U;

  Feed(std::uint32_t partition, const Ledger& ledger, FeedSignal& signal);

  std::uint32_t partition() const { return partition_; }
  // The last valid entry; 0 before the first.
  std::uint64_t head() const;
  // No entry beyond this can be in the ledger now, whether it was read yet or not.
  std::uint64_t IndexMax() const;

  // Valid entries behind `index`, in order, about `bytes_max` in all, at least one if there is one
  // at hand. Never waits. Empty before the head: what is there cannot be read now, perhaps because
  // brokers are away; ask again later.
  std::vector<FeedEntry> ReadAfter(std::uint64_t index, std::size_t bytes_max) const;

  // The loop's side: where the stored fold stands, then every valid entry in order.
  void RestoreHead(OffsetMap offsets);
  void Publish(FeedEntry entry, Offset offset);
  // For the checkpoint. REQUIRES: the loop's thread.
  const OffsetMap& offsets() const { return offsets_; }

 private:
  std::vector<FeedEntry> FromRing(std::uint64_t index, std::size_t bytes_max) const;
  std::vector<FeedEntry> FromLedger(std::uint64_t index, Offset from, std::uint64_t last,
                                    std::size_t bytes_max) const;

  const std::uint32_t partition_;
  const Ledger& ledger_;
  FeedSignal& signal_;
  mutable std::mutex mutex_;
  OffsetMap offsets_;
  std::deque<FeedEntry> ring_;
  std::size_t ring_bytes_ = 0;
};

}  // namespace dialtone::engine
