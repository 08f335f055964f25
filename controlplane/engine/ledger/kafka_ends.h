// How far each partition of a log is known to reach, what is known against it, and who wants to
// hear of news. Shared by what appends, what follows and what waits.
#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

class KafkaEnds {
 public:
  explicit KafkaEnds(std::vector<Offset> ends) : ends_(std::move(ends)), damages_(ends_.size()) {}

  Offset Of(std::uint32_t partition) const {
    const std::lock_guard lock(mutex_);
    return ends_[partition];
  }

  // Never moves back: what was there once stays. True if that was news.
  bool Raise(std::uint32_t partition, Offset end) {
    {
      const std::lock_guard lock(mutex_);
      if (ends_[partition] >= end) return false;
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

  // The partition is not the log that it was. The first reason stays.
  void NoteDamage(std::uint32_t partition, std::string reason) {
    {
      const std::lock_guard lock(mutex_);
      if (!damages_[partition].empty()) return;
      damages_[partition] = std::move(reason);
    }
    moved_.notify_all();
    Tell();
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
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::vector<Offset> ends_;
  std::vector<std::string> damages_;  // by partition; empty: none is known
  mutable std::mutex tell_mutex_;
  std::function<void()> tell_;
};

}  // namespace dialtone::engine
