#include "controlplane/engine/ledger/offset_map.h"

#include <gtest/gtest.h>

namespace dialtone::engine {
namespace {

using Segment = OffsetMap::Segment;

// Genesis and a claim, two entries, a claim, two entries, a void record, an entry.
OffsetMap SomeMap() {
  OffsetMap map;
  EXPECT_TRUE(map.Note(1, 2));
  EXPECT_FALSE(map.Note(2, 3));
  EXPECT_TRUE(map.Note(3, 5));
  EXPECT_FALSE(map.Note(4, 6));
  EXPECT_TRUE(map.Note(5, 8));
  return map;
}

TEST(OffsetMap, TellsWhereEachEntryStands) {
  const OffsetMap map = SomeMap();
  EXPECT_EQ(map.OffsetOf(1), 2u);
  EXPECT_EQ(map.OffsetOf(2), 3u);
  EXPECT_EQ(map.OffsetOf(3), 5u);
  EXPECT_EQ(map.OffsetOf(4), 6u);
  EXPECT_EQ(map.OffsetOf(5), 8u);
}

TEST(OffsetMap, KnowsNoPlaceOfWhatWasNotNoted) {
  EXPECT_FALSE(OffsetMap().OffsetOf(0));
  EXPECT_FALSE(OffsetMap().OffsetOf(1));
  EXPECT_FALSE(SomeMap().OffsetOf(0));
  EXPECT_FALSE(SomeMap().OffsetOf(6));
  OffsetMap late;
  late.Note(100, 200);
  EXPECT_FALSE(late.OffsetOf(99));
  EXPECT_EQ(late.OffsetOf(100), 200u);
}

TEST(OffsetMap, GrowsWithTheInterruptionsOnly) {
  OffsetMap map;
  for (std::uint64_t index = 1; index <= 1'000; ++index) map.Note(index, index + 1);
  for (std::uint64_t index = 1'001; index <= 2'000; ++index) map.Note(index, index + 2);
  EXPECT_EQ(map.segments(), (std::vector<Segment>{{1, 2}, {1'001, 1'003}}));
  EXPECT_EQ(map.OffsetOf(1'000), 1'001u);
  EXPECT_EQ(map.OffsetOf(2'000), 2'002u);
}

TEST(OffsetMap, GoesOnFromItsSavedState) {
  OffsetMap map = OffsetMap::FromProto(SomeMap().ToProto());
  EXPECT_EQ(map, SomeMap());
  EXPECT_FALSE(map.Note(6, 9));
  EXPECT_TRUE(map.Note(7, 11));
  EXPECT_EQ(map.OffsetOf(7), 11u);
  EXPECT_EQ(OffsetMap::FromProto(OffsetMap().ToProto()), OffsetMap());
}

TEST(OffsetMapDeathTest, RefusesAGapInTheIndex) {
  OffsetMap map = SomeMap();
  EXPECT_DEATH(map.Note(7, 10), "index 7 behind 5");
  EXPECT_DEATH(map.Note(5, 10), "index 5 behind 5");
}

}  // namespace
}  // namespace dialtone::engine
