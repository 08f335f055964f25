#include "controlplane/engine/runtime/clock_guard.h"

#include <gtest/gtest.h>

namespace dialtone::engine {
namespace {

constexpr Timestamp kNoon = Timestamp::Micros(1'700'000'000'000'000);

class ClockGuardTest : public ::testing::Test {
 protected:
  // So much passes, and the wall's clock is set by so much.
  void Pass(Duration span, Duration set = Duration()) {
    reading_ = {reading_.now + span + set, reading_.steady + span};
    guard_.Take(reading_);
  }

  ClockReading reading_{kNoon, Duration::Hours(5)};
  ClockGuard guard_{reading_};
};

TEST_F(ClockGuardTest, BelievesAClockThatIsSetByLittleEachMinute) {
  for (int minute = 0; minute < 100; ++minute) Pass(Duration::Minutes(1), Duration::Millis(1'900));
  EXPECT_EQ(guard_.jump(), Duration());
  EXPECT_EQ(guard_.now(), reading_.now);
}

TEST_F(ClockGuardTest, DoesNotBelieveTwoSecondsInAMinute) {
  for (int second = 0; second < 30; ++second) Pass(Duration::Seconds(1), Duration::Millis(100));
  EXPECT_GT(guard_.jump(), Duration::Seconds(2));
}

TEST_F(ClockGuardTest, GoesOnAsIfTheClockHadNotJumped) {
  for (const Duration jump : {Duration::Days(365), Duration::Days(-365)}) {
    const Timestamp before = guard_.now();
    Pass(Duration::Seconds(1), jump);
    EXPECT_EQ(guard_.jump(), jump);
    Pass(Duration::Hours(1));
    EXPECT_EQ(guard_.jump(), jump);
    EXPECT_EQ(guard_.now(), before + Duration::Seconds(3'601));
    Pass(Duration::Seconds(1), jump * -1);
    EXPECT_EQ(guard_.jump(), Duration());
    EXPECT_EQ(guard_.now(), reading_.now);
  }
}

TEST_F(ClockGuardTest, TakesAClockThatIsMovedAsAWholeForRight) {
  SimulatedClock clock(kNoon);
  ClockGuard guard(clock.Read());
  clock.Advance(Duration::Days(400));
  guard.Take(clock.Read());
  EXPECT_EQ(guard.jump(), Duration());
  EXPECT_EQ(guard.now(), kNoon + Duration::Days(400));
}

}  // namespace
}  // namespace dialtone::engine
