// The clock of a server that is tried out: the wall's, moved forward by whoever administers it. It
// runs on meanwhile, so that request ids of callers stay of this time until it is moved.
#pragma once

#include <atomic>
#include <cstdint>

#include "controlplane/engine/runtime/clock.h"

namespace dialtone::server {

class MovableClock final : public engine::Clock {
 public:
  Timestamp Now() const override { return wall_.Now() + Duration::Micros(ahead_.load()); }
  // Moved by hand, it moves as a whole: that is no jump.
  engine::ClockReading Read() const override {
    const Duration ahead = Duration::Micros(ahead_.load());
    const engine::ClockReading wall = wall_.Read();
    return {wall.now + ahead, wall.steady + ahead};
  }
  // Any thread.
  Timestamp Advance(Duration by) {
    ahead_.fetch_add(by.micros());
    return Now();
  }
  // Never before what the ledger has seen.
  void StartAt(Timestamp at) {
    if (at > Now()) ahead_.fetch_add((at - Now()).micros());
  }

 private:
  engine::WallClock wall_;
  std::atomic<std::int64_t> ahead_{0};
};

}  // namespace dialtone::server
