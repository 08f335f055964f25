#include "controlplane/kernel/timestamp.h"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

TEST(Timestamp, SurvivesTheWayThroughProtobuf) {
  for (const std::int64_t micros : {0L, 1L, -1L, 1'538'352'000'000'000L, -2'500'000L}) {
    EXPECT_EQ(FromProto(ToProto(Timestamp::Micros(micros))).micros(), micros);
  }
}

TEST(Timestamp, HasNanosecondsAboveItsSecondAlsoBefore1970) {
  EXPECT_EQ(ToProto(Timestamp::Micros(-1)).seconds(), -1);
  EXPECT_EQ(ToProto(Timestamp::Micros(-1)).nanos(), 999'999'000);
}

}  // namespace
}  // namespace dialtone
