// Where the loop's time comes from: the machine's clock, or one that is moved by hand so that tests
// of months take seconds.
#pragma once

#include <atomic>
#include <chrono>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::engine {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
};

class WallClock final : public Clock {
 public:
  Timestamp Now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp::Micros(
        std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count());
  }
};

// Stands still but for Advance. Any thread.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Timestamp start) : micros_(start.micros()) {}
  Timestamp Now() const override { return Timestamp::Micros(micros_.load()); }
  void Advance(Duration span) { micros_.fetch_add(span.micros()); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace dialtone::engine
