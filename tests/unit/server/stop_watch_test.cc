#include "controlplane/server/stop_watch.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

namespace dialtone::server {
namespace {

using ::testing::ElementsAre;

TEST(StopWatch, TellsOfEachPartThatStopsOnce) {
  std::vector<StoppedPart> told;
  std::promise<void> looked_often;
  int looks = 0;
  const StoppedPart partition{"partitions/3", "entry 3/7 holds an event that is not known"};
  const StoppedPart view{"projections/stock", "entry 3/7 holds an event that is not known"};
  {
    StopWatch watch(
        [&]() -> std::vector<StoppedPart> {
          ++looks;
          if (looks == 5) looked_often.set_value();
          if (looks == 1) return {};
          return looks < 4 ? std::vector{partition} : std::vector{partition, view};
        },
        [&](const StoppedPart& stopped) { told.push_back(stopped); }, std::chrono::milliseconds(1));
    looked_often.get_future().wait();
  }
  EXPECT_THAT(told, ElementsAre(partition, view));
}

TEST(StopWatch, LooksAgainWhenItEnds) {
  std::vector<StoppedPart> told;
  std::promise<void> looked;
  bool has_stopped = false;
  {
    StopWatch watch(
        [&]() -> std::vector<StoppedPart> {
          if (has_stopped) return {{"partitions/0", "a disk that is full"}};
          has_stopped = true;
          looked.set_value();
          return {};
        },
        [&](const StoppedPart& stopped) { told.push_back(stopped); }, std::chrono::hours(1));
    looked.get_future().wait();
  }
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.front().reason, "a disk that is full");
}

}  // namespace
}  // namespace dialtone::server
