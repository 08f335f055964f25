// Who is to be asked for a partition, as its nodes learn it from the claims.
#include "controlplane/engine/runtime/owners.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/runtime/partition_story.h"

namespace dialtone::engine {
namespace {

class OwnersStory : public ::testing::Test, public PartitionStory {};

TEST_F(OwnersStory, SayWhichOtherNodeIsToBeAsked) {
  Owner(1);
  Start(2);
  Turn(2);
  EXPECT_EQ(Elsewhere(1), "");
  EXPECT_EQ(Elsewhere(2), "node-1:7400");
  part(1).Leave();
  Turn(1);
  Turn(2);
  EXPECT_EQ(Elsewhere(2), "");  // nobody
  part(2).Assign(now());
  Turn(2);
  Turn(1);
  EXPECT_EQ(Elsewhere(1), "node-2:7400");
  EXPECT_EQ(Elsewhere(2), "");
}

TEST_F(OwnersStory, SayFromItsRowsWhichOtherNodeIsToBeAskedAndNeverANodeItself) {
  Owner(1);
  Deposit(1, 1);
  Turn(1);
  Start(2);
  Turn(2);
  Start(2);  // the claim stands before its rows, and is not read again
  TurnOnce(2);
  EXPECT_EQ(Elsewhere(2), "node-1:7400");
  Start(1);
  TurnOnce(1);
  EXPECT_EQ(Elsewhere(1), "");
}

TEST_F(OwnersStory, SayHowFarBehindAFollowerIs) {
  Owner(1);
  Start(2);
  Turn(2);
  EXPECT_EQ(part(2).behind(), 0U);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(part(1).behind(), 0U);
  EXPECT_EQ(part(2).behind(), 1U);
  Turn(2);
  EXPECT_EQ(part(2).behind(), 0U);
}

TEST(OwnersTable, KnowsWhoIsElsewhereUntilNobodyIs) {
  Owners owners(2);
  EXPECT_EQ(owners.Elsewhere(1), "");
  owners.Set(1, "north:7400");
  EXPECT_EQ(owners.Elsewhere(0), "");
  EXPECT_EQ(owners.Elsewhere(1), "north:7400");
  EXPECT_TRUE(owners.OwnsAny("north:7400"));
  owners.Set(1, "");
  EXPECT_EQ(owners.Elsewhere(1), "");
  EXPECT_FALSE(owners.OwnsAny("north:7400"));
}

TEST_F(OwnersStory, KnowANodeAsItselfOnceItHasItsAddress) {
  Owner(1);
  Start(2);
  Turn(2);
  EXPECT_EQ(Elsewhere(2), "node-1:7400");
  node(2).SetAddress("node-1:7400");
  TurnOnce(2);
  EXPECT_EQ(Elsewhere(2), "");
}

}  // namespace
}  // namespace dialtone::engine
