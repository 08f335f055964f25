#include "controlplane/kernel/token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace dialtone {
namespace {

using testing::ElementsAre;
using testing::MatchesRegex;
using testing::Pair;

const std::string kCluster(16, '\xFE');

TEST(ConsistencyToken, KeepsTheLatestEntryOfEachPartition) {
  const ConsistencyToken token(kCluster, {{3, 7}, {0, 2}, {3, 5}, {9, 0}});
  EXPECT_THAT(token.indexes(), ElementsAre(Pair(0, 2), Pair(3, 7)));
}

TEST(ConsistencyToken, TravelsAsTextForMetadataAndUrls) {
  const ConsistencyToken token(kCluster, {{0, 1}, {63, 1'000'000'000'000}});
  EXPECT_THAT(token.ToText(), MatchesRegex("[A-Za-z0-9_-]+"));
  EXPECT_EQ(*ConsistencyToken::Parse(token.ToText()), token);
}

TEST(ConsistencyToken, AsksForNothingWhenItIsEmpty) {
  EXPECT_EQ(ConsistencyToken().ToText(), "");
  EXPECT_TRUE(ConsistencyToken::Parse("")->empty());
}

TEST(ConsistencyToken, TellsWhatIsWrongWithItsText) {
  EXPECT_EQ(ConsistencyToken::Parse("a b!").error(), TokenError::kNotBase64Url);
  EXPECT_EQ(ConsistencyToken::Parse("AAAA").error(), TokenError::kNotAToken);
  EXPECT_EQ(ConsistencyToken::Parse(ConsistencyToken("short").ToText()).error(),
            TokenError::kNotAToken);
}

TEST(ConsistencyToken, MergesToTheMostThatEitherAsksFor) {
  ConsistencyToken token(kCluster, {{0, 5}, {1, 5}});
  ASSERT_TRUE(token.Merge(ConsistencyToken(kCluster, {{1, 9}, {2, 1}, {0, 4}})));
  EXPECT_THAT(token.indexes(), ElementsAre(Pair(0, 5), Pair(1, 9), Pair(2, 1)));
}

TEST(ConsistencyToken, MergesWithOneThatAsksForNothing) {
  const ConsistencyToken token(kCluster, {{0, 5}});
  ConsistencyToken empty;
  ASSERT_TRUE(empty.Merge(token));
  EXPECT_EQ(empty, token);
  ASSERT_TRUE(empty.Merge(ConsistencyToken()));
  EXPECT_EQ(empty, token);
}

TEST(ConsistencyToken, DoesNotMergeWithOneOfAnotherCluster) {
  ConsistencyToken token(kCluster, {{0, 5}});
  const ConsistencyToken before = token;
  EXPECT_EQ(token.Merge(ConsistencyToken(std::string(16, 'x'), {{0, 9}})).error(),
            TokenError::kOtherCluster);
  EXPECT_EQ(token, before);
}

}  // namespace
}  // namespace dialtone
