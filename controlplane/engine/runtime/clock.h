// Where the loop's time comes from: the machine's clock, or one that is moved by hand so that tests
// of months take seconds.
#pragma once

#include <time.h>

#include <atomic>
#include <chrono>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::engine {

// One look at a clock.
struct ClockReading {
  Timestamp now;
  // Of a clock beside it that nobody can set: the two go alike, unless `now` was set.
  Duration steady;
};

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp Now() const = 0;
  virtual ClockReading Read() const = 0;
};

class WallClock final : public Clock {
 public:
  Timestamp Now() const override {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    return Timestamp::Micros(
        std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count());
  }
  // The steady one goes on while the machine sleeps, as the wall's does.
  ClockReading Read() const override {
    timespec since_boot{};
    clock_gettime(CLOCK_BOOTTIME, &since_boot);
    return {Now(),
            Duration::Seconds(since_boot.tv_sec) + Duration::Micros(since_boot.tv_nsec / 1'000)};
  }
};

// Stands still but for Advance. Any thread.
class SimulatedClock final : public Clock {
 public:
  explicit SimulatedClock(Timestamp start) : micros_(start.micros()) {}
  Timestamp Now() const override { return Timestamp::Micros(micros_.load()); }
  ClockReading Read() const override {
    const std::int64_t micros = micros_.load();
    return {Timestamp::Micros(micros), Duration::Micros(micros)};
  }
  void Advance(Duration span) { micros_.fetch_add(span.micros()); }

 private:
  std::atomic<std::int64_t> micros_;
};

}  // namespace dialtone::engine
