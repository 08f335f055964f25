// How far each partition of a log is known to reach, what is known against it, and who wants to
// hear of news. Shared by what appends, what follows and what waits.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

class KafkaEnds {
 public:
  // Brokers that deny what was known are believed after `denial_max`: one that stood still, and
  // goes on, does so until it has heard what it missed.
  KafkaEnds(std::vector<Offset> ends, Duration denial_max)
      : denial_max_(denial_max),
        ends_(std::move(ends)),
        denials_(ends_.size()),
        damages_(ends_.size()) {}

  Offset Of(std::uint32_t partition) const {
    const std::lock_guard lock(mutex_);
    return ends_[partition];
  }

  // Never moves back: what was there once stays. True if that was news; then whoever denied that it
  // reached as far as before was wrong.
  bool Raise(std::uint32_t partition, Offset end) {
    {
      const std::lock_guard lock(mutex_);
      if (ends_[partition] >= end) return false;
      denials_[partition].reset();
      ends_[partition] = end;
    }
    moved_.notify_all();
    return true;
  }

  Offset WaitBeyond(std::uint32_t partition, Offset from, Duration wait) const {
    std::unique_lock lock(mutex_);
    if (wait > Duration()) {
      moved_.wait_for(lock, std::chrono::microseconds(wait.micros()),
                      [&] { return ends_[partition] > from || !damages_[partition].empty(); });
    }
    return ends_[partition];
  }

  // A broker says that the partition is not the log that it was. If that is said again and again,
  // and nothing else is heard, it is damage, for this reason. True if it is said for the first
  // time.
  bool NoteDenial(std::uint32_t partition, std::string reason) {
    {
      const std::lock_guard lock(mutex_);
      if (!damages_[partition].empty()) return false;
      if (!IsBelieved(denials_[partition]))
        return denials_[partition]->first == denials_[partition]->last;
      damages_[partition] = std::move(reason);
    }
    moved_.notify_all();
    Tell();
    return false;
  }
  std::string Damage(std::uint32_t partition) const {
    const std::lock_guard lock(mutex_);
    return damages_[partition];
  }

  // `tell` is called by any thread, with this object's lock held: it must not call OnNews or Tell.
  void OnNews(std::function<void()> tell) {
    const std::lock_guard lock(tell_mutex_);
    tell_ = std::move(tell);
  }
  void Tell() const {
    const std::lock_guard lock(tell_mutex_);
    if (tell_) tell_();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Denials {
    Clock::time_point first;
    Clock::time_point last;
  };

  // Those that are far from each other have nothing to do with each other.
  bool IsBelieved(std::optional<Denials>& denials) const {
    const auto now = Clock::now();
    const std::chrono::microseconds max(denial_max_.micros());
    if (!denials || now - denials->last > max) denials = Denials{now, now};
    denials->last = now;
    return now - denials->first > max;
  }

  const Duration denial_max_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::vector<Offset> ends_;
  std::vector<std::optional<Denials>> denials_;  // with nothing else heard between them
  std::vector<std::string> damages_;             // by partition; empty: none is known
  mutable std::mutex tell_mutex_;
  std::function<void()> tell_;
};

}  // namespace dialtone::engine
