#include "controlplane/policy/day.h"

#include <gtest/gtest.h>

namespace dialtone::policy {
namespace {

TEST(Day, IsReadAsItIsWritten) {
  for (const char* text : {"1970-01-01", "2018-10-01", "2020-02-29", "2026-12-31"}) {
    ASSERT_TRUE(ParseDay(text)) << text;
    EXPECT_EQ(ToText(*ParseDay(text)), text);
  }
}

TEST(Day, IsRefusedWhenNoCalendarHasIt) {
  for (const char* text : {"", "2018-10", "2018-13-01", "2019-02-29", "2018-1-01", "20181001",
                           "2018-10-01 ", "2018/10/01", "+018-10-01", "2018-10-0x"}) {
    EXPECT_FALSE(ParseDay(text)) << text;
  }
}

TEST(Day, BeginsAtMidnightUtcAndEndsBeforeTheNext) {
  const Day day = *ParseDay("2018-10-01");
  EXPECT_EQ(StartOf(day).micros(), 1'538'352'000'000'000);
  EXPECT_EQ(DayOf(StartOf(day)), day);
  EXPECT_EQ(DayOf(StartOf(day) + Duration::Days(1) - Duration::Micros(1)), day);
  EXPECT_EQ(ToText(DayOf(Timestamp::Micros(-1))), "1969-12-31");
}

}  // namespace
}  // namespace dialtone::policy
