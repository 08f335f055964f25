#include "controlplane/engine/runtime/feed.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "controlplane/engine/ledger/record.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

std::uint64_t FeedSignal::version() const {
  const std::lock_guard lock(mutex_);
  return version_;
}

void FeedSignal::Raise() {
  {
    const std::lock_guard lock(mutex_);
    ++version_;
  }
  raised_.notify_all();
}

void FeedSignal::WaitBeyond(std::uint64_t seen, Duration wait) const {
  std::unique_lock lock(mutex_);
  raised_.wait_for(lock, std::chrono::microseconds(wait.micros()), [&] { return version_ > seen; });
}

Feed::Feed(std::uint32_t partition, const Ledger& ledger, FeedSignal& signal)
    : partition_(partition), ledger_(ledger), signal_(signal) {}

std::uint64_t Feed::head() const {
  const std::lock_guard lock(mutex_);
  return offsets_.last_index();
}

void Feed::RestoreHead(OffsetMap offsets) {
  const std::lock_guard lock(mutex_);
  offsets_ = std::move(offsets);
  ring_.clear();
  ring_bytes_ = 0;
}

void Feed::Publish(FeedEntry entry, Offset offset) {
  {
    const std::lock_guard lock(mutex_);
    offsets_.Note(entry.at.position.index, offset);
    ring_bytes_ += entry.bytes;
    ring_.push_back(std::move(entry));
    while (ring_bytes_ > kRingBytes && ring_.size() > 1) {
      ring_bytes_ -= ring_.front().bytes;
      ring_.pop_front();
    }
  }
  signal_.Raise();
}

// Each record behind the last entry may be one more.
std::uint64_t Feed::IndexMax() const {
  std::uint64_t last = 0;
  Offset behind = 0;
  {
    const std::lock_guard lock(mutex_);
    last = offsets_.last_index();
    behind = last == 0 ? 1 : *offsets_.OffsetOf(last) + 1;
  }
  const Offset end = ledger_.End();
  return end > behind ? last + (end - behind) : last;
}

std::vector<FeedEntry> Feed::ReadAfter(std::uint64_t index, std::size_t bytes_max) const {
  std::uint64_t last = 0;
  Offset from = 0;
  {
    const std::lock_guard lock(mutex_);
    last = offsets_.last_index();
    if (index >= last) return {};
    if (!ring_.empty() && ring_.front().at.position.index <= index + 1)
      return FromRing(index, bytes_max);
    from = *offsets_.OffsetOf(index + 1);
  }
  return FromLedger(index, from, last, bytes_max);
}

std::vector<FeedEntry> Feed::FromRing(std::uint64_t index, std::size_t bytes_max) const {
  std::vector<FeedEntry> entries;
  const std::size_t skipped = index + 1 - ring_.front().at.position.index;
  std::size_t bytes = 0;
  for (auto entry = ring_.begin() + static_cast<std::ptrdiff_t>(skipped); entry != ring_.end();
       ++entry) {
    bytes += entry->bytes;
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(*entry);
  }
  return entries;
}

// What lies between the entries in the log (claims, void records) is told by its place: an entry
// counts where the filter has noted it, and nowhere else.
std::vector<FeedEntry> Feed::FromLedger(std::uint64_t index, Offset from, std::uint64_t last,
                                        std::size_t bytes_max) const {
  std::vector<FeedEntry> entries;
  while (entries.empty() && index < last) {
    ReadResult read = ledger_.Read(from, bytes_max, Duration());
    if (read.records.empty()) {
      DIALTONE_CHECK(!read.at_end || !ledger_.Damage().empty(),
                     "the ledger of partition " + std::to_string(partition_) +
                         " ends before entry " + std::to_string(last));
      return entries;
    }
    from = read.next;
    for (const StoredRecord& stored : read.records) {
      auto record = ParseRecord(stored.bytes);
      if (!record || !record->has_entry() || record->entry().index() != index + 1 || index == last)
        continue;
      {
        const std::lock_guard lock(mutex_);
        if (offsets_.OffsetOf(index + 1) != stored.offset) continue;
      }
      const ledger::v1::Entry& entry = record->entry();
      auto batch = std::make_shared<ledger::v1::Batch>();
      DIALTONE_CHECK(batch->ParseFromString(entry.batch()), "a batch that cannot be read");
      ++index;
      entries.push_back({{{partition_, index}, Timestamp::Micros(entry.time_micros())},
                         std::move(batch),
                         entry.has_reactions(),
                         stored.bytes.size()});
    }
  }
  return entries;
}

}  // namespace dialtone::engine
