#include "controlplane/kernel/money.h"

#include <gtest/gtest.h>

namespace dialtone {
namespace {

const Currency kUsd("USD");

TEST(Money, ReadsLikeMoney) {
  EXPECT_EQ(Money(1'500'000, kUsd).text(), "1.50 USD");
  EXPECT_EQ(Money(-1, kUsd).text(), "-0.000001 USD");
  EXPECT_EQ(Money(INT64_MIN, kUsd).text(), "-9223372036854.775808 USD");
}

TEST(Money, IsNeverAddedToOtherMoney) {
  EXPECT_DEATH(Money(1, kUsd) + Money(1, Currency("EUR")), "must hold");
  EXPECT_DEATH(Money(INT64_MAX, kUsd) + Money(1, kUsd), "must hold");
}

TEST(MultiplyRounded, RoundsTheExactHalfAwayFromZero) {
  EXPECT_EQ(MultiplyRounded(1, 1, 2), 1);
  EXPECT_EQ(MultiplyRounded(-1, 1, 2), -1);
  EXPECT_EQ(MultiplyRounded(1, 1, 3), 0);
  EXPECT_EQ(MultiplyRounded(13'000, 7, 60), 1'517);
}

TEST(MultiplyRounded, HoldsMoreThan64BitsInBetween) {
  EXPECT_EQ(MultiplyRounded(INT64_MAX, 1'000'000, 1'000'000), INT64_MAX);
  EXPECT_DEATH(MultiplyRounded(INT64_MAX, 2, 1), "beyond 64 bits");
}

}  // namespace
}  // namespace dialtone
