#include <algorithm>
#include <utility>

#include "projections/kernel/view_writer.h"

namespace dialtone::projections {

namespace {

// None if it cannot be read now.
std::optional<Timestamp> TimeOf(const engine::Feed& feed, std::uint64_t index) {
  const std::vector<engine::FeedEntry> entries = feed.ReadAfter(index - 1, 1);
  if (entries.empty()) return std::nullopt;
  return entries.front().at.time;
}

}  // namespace

void View::Writer::WhenReached(const ConsistencyToken& token, Deadline deadline,
                               absl::AnyInvocable<void(Reached)> done) {
  if (auto never = WhyNever(token)) return done(tl::unexpected(std::move(*never)));
  Lock lock(mutex_);
  if (ready_ && Covers(snapshot_.positions(), token)) {
    Snapshot snapshot = snapshot_;
    lock.unlock();
    return done(std::move(snapshot));
  }
  if (!stop_reason_.empty() || deadline <= std::chrono::steady_clock::now()) {
    Unreached why = NotYet(token);
    lock.unlock();
    return done(tl::unexpected(std::move(why)));
  }
  waiters_.Add({token, deadline, std::move(done)});
  const bool must_wake = asleep_;
  lock.unlock();
  called_.notify_one();
  // If all of it is in the feeds, they have raised the signal, or are about to.
  if (must_wake && !IsOnItsWay(token)) source_.signal.Raise();
}

Snapshot View::Writer::TakeSnapshot() const {
  const Lock lock(mutex_);
  return snapshot_;
}

void View::Writer::Rebuild(RebuildDone done) {
  Lock lock(mutex_);
  if (!stop_reason_.empty()) {
    const std::string reason = stop_reason_;
    lock.unlock();
    return done(tl::unexpected(reason));
  }
  rebuilds_.push_back(std::move(done));
  lock.unlock();
  called_.notify_one();
  source_.signal.Raise();
}

ViewStatus View::Writer::Status() const {
  ViewStatus status;
  ledger::v1::ViewState shown;
  {
    const Lock lock(mutex_);
    shown = shown_;
    status.positions = snapshot_.positions();
    status.ready = ready_;
    status.rebuilding = !ready_ || !rebuilds_.empty();
    status.stop_reason = stop_reason_;
  }
  for (std::uint32_t partition = 0; partition < source_.feeds.size(); ++partition)
    status.lag =
        std::max(status.lag, LagOf(partition, shown.partitions(static_cast<int>(partition))));
  return status;
}

Duration View::Writer::LagOf(std::uint32_t partition,
                             const ledger::v1::ViewedPartition& shown) const {
  const engine::Feed& feed = *source_.feeds[partition];
  const std::uint64_t head = feed.head();
  if (head <= shown.index()) return Duration();
  const std::optional<Timestamp> newest = TimeOf(feed, head);
  const std::optional<Timestamp> seen =
      shown.index() == 0 ? TimeOf(feed, 1) : Timestamp::Micros(shown.time_micros());
  return newest && seen ? *newest - *seen : Duration();
}

// A token that no waiting could satisfy.
std::optional<Unreached> View::Writer::WhyNever(const ConsistencyToken& token) const {
  if (!token.cluster_id().empty() && token.cluster_id() != source_.cluster_id)
    return Unreached{UnreachedReason::kOtherCluster, "is of another cluster", {}};
  for (const auto& [partition, index] : token.indexes()) {
    if (partition < source_.feeds.size() && index <= source_.feeds[partition]->head()) continue;
    const bool may_come =
        partition < source_.feeds.size() &&
        (source_.appenders == Appenders::kMany || index <= source_.feeds[partition]->IndexMax());
    if (may_come) continue;
    return Unreached{UnreachedReason::kBeyondEnd,
                     "asks for entry " + ToText(Position{partition, index}) +
                         ", which is beyond the ledger's end",
                     TakeSnapshot().positions()};
  }
  return std::nullopt;
}

bool View::Writer::IsOnItsWay(const ConsistencyToken& token) const {
  return std::all_of(token.indexes().begin(), token.indexes().end(), [this](const auto& asked) {
    return source_.feeds[asked.first]->head() >= asked.second;
  });
}

Unreached View::Writer::NotYet(const ConsistencyToken& token) const {
  Unreached why{UnreachedReason::kDeadline, "the view " + std::string(name()),
                snapshot_.positions()};
  if (!stop_reason_.empty()) {
    why.reason = UnreachedReason::kStopped;
    why.detail += " has stopped: " + stop_reason_;
  } else if (!ready_) {
    why.reason = UnreachedReason::kBuilding;
    why.detail += " is built anew";
  } else {
    why.detail += " is behind";
  }
  for (const auto& [partition, index] : token.indexes()) {
    if (why.reached[partition] >= index) continue;
    why.detail += "; asked for entry " + ToText(Position{partition, index}) + ", has reached " +
                  ToText(Position{partition, why.reached[partition]});
  }
  return why;
}

}  // namespace dialtone::projections
