#include "projections/kernel/key.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace dialtone::projections {
namespace {

using testing::StartsWith;

using namespace std::string_view_literals;

TEST(Key, SortsTextsLikeTheTexts) {
  EXPECT_LT(Key("a"), Key("ab"));
  EXPECT_LT(Key("ab"), Key("b"));
  EXPECT_LT(Key(""), Key("\0"sv));
  EXPECT_LT(Key("a"), Key("a\0"sv));
  EXPECT_LT(Key("a\0"sv), Key("a\1"sv));
  EXPECT_LT(Key("a", "z"), Key("ab", "a"));
}

TEST(Key, TellsPartsApart) {
  EXPECT_NE(Key("ab", "c"), Key("a", "bc"));
  EXPECT_NE(Key("a\0\1"sv), Key("a", ""));
}

TEST(Key, SortsNumbersOfBothSignsLikeTheNumbers) {
  EXPECT_LT(Key(std::numeric_limits<std::int64_t>::min()), Key(-1));
  EXPECT_LT(Key(-1), Key(0));
  EXPECT_LT(Key(255), Key(256));
  EXPECT_LT(Key(256), Key(std::numeric_limits<std::int64_t>::max()));
  EXPECT_LT(Key(std::uint64_t{1} << 62U), Key(std::uint64_t{1} << 63U));
}

TEST(Key, SortsTimesLikeTheTimes) {
  EXPECT_LT(Key(Timestamp::Micros(-1)), Key(Timestamp::Micros(0)));
  EXPECT_LT(Key(Timestamp::Micros(1'999)), Key(Timestamp::Micros(2'000)));
}

TEST(Key, SortsTheLatestFirstWhereItIsAsked) {
  EXPECT_LT(Key("a", Descending{Timestamp::Micros(2)}), Key("a", Descending{Timestamp::Micros(1)}));
  EXPECT_LT(Key(Descending{1}), Key(Descending{-1}));
}

TEST(Key, WithFewerPartsIsAPrefix) {
  EXPECT_THAT(Key("contoso", 7, "x"), StartsWith(Key("contoso", 7)));
  EXPECT_THAT(Key("contoso", 7), Not(StartsWith(Key("con"))));
  EXPECT_THAT(Key("US", "2065551234"), StartsWith(Key("US", Beginning{"206"})));
}

}  // namespace
}  // namespace dialtone::projections
