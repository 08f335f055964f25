// What a partition does when its ledger is not what it was, cannot be read for a while, or refuses
// what it is given.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/engine/runtime/partition_story.h"

namespace dialtone::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

using Heard = std::vector<std::string>;

class PartitionDamageTest : public ::testing::Test, protected PartitionStory {
 protected:
  // So many deposits, and the rows on disk.
  void OwnerOfDeposits(NodeId id, std::uint64_t count) {
    Owner(id);
    for (std::uint64_t number = 1; number <= count; ++number) {
      Deposit(id, number);
      Turn(id);
    }
    rows(id).Flush();
    heard.clear();
  }
};

// Genesis, claim and three entries: the last one was acknowledged, and is gone.
TEST_F(PartitionDamageTest, StopsWhenItsLogLosesWhatItHasRead) {
  OwnerOfDeposits(1, 3);
  CutOff(4);
  Deposit(1, 4);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
  EXPECT_THAT(part(1).stop_reason(), StartsWith("the log is shorter than it was"));
  EXPECT_EQ(heard, Heard{"OUTCOME_UNKNOWN_RETRY_SAME_ID"});
  EXPECT_LE(ledger(1).End(), 5u) << "no claim is made on another history";
}

// As a stranger's transaction leaves them.
TEST_F(PartitionDamageTest, IsReadToTheEndOfALogThatEndsWithoutARecord) {
  OwnerOfDeposits(1, 1);
  LeaveGap();
  Start(2);
  Turn(2);
  EXPECT_EQ(part(2).read_to(), log_end());
  Owner(2);
  EXPECT_EQ(part(2).role(), Role::kOwner);
}

TEST_F(PartitionDamageTest, GoesOnBehindOffsetsWithoutARecord) {
  OwnerOfDeposits(1, 1);
  for (std::uint64_t number : {2, 3}) {
    LeaveGap();
    Deposit(1, number);
    Turn(1);
  }
  EXPECT_EQ(heard, (Heard{"done", "done"}));
  EXPECT_EQ(part(1).term(), 1u);
  EXPECT_EQ(Balance(1), 15);
  Start(1);
  Turn(1);
  EXPECT_EQ(part(1).stop_reason(), "");
  EXPECT_EQ(Balance(1), 15);
}

TEST_F(PartitionDamageTest, IsNotOwnedOnALogThatEndsBeforeItsRows) {
  OwnerOfDeposits(1, 3);
  CutOff(4);
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
  EXPECT_THAT(part(1).stop_reason(),
              HasSubstr("offset 4: the ledger ends at offset 4 before entry 3, which was read"));
  EXPECT_EQ(log_end(), 4u);
}

TEST_F(PartitionDamageTest, IsNotOwnedOnALogThatHasGoneOnWithoutWhatItsRowsHold) {
  OwnerOfDeposits(1, 3);
  CutOff(4);
  Owner(2);
  for (std::uint64_t number = 11; number <= 14; ++number) {
    Deposit(2, number);
    Turn(2);
  }
  ASSERT_GT(log_end(), 5u);
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
  EXPECT_THAT(part(1).stop_reason(),
              HasSubstr("offset 4: the ledger holds another record than entry 3, which was read"));
}

TEST_F(PartitionDamageTest, IsOwnedAgainOnTheLogThatItsRowsAreOf) {
  OwnerOfDeposits(1, 3);
  Owner(2);
  Deposit(2, 4);
  Turn(2);
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
  EXPECT_EQ(Balance(1), 20);
}

TEST_F(PartitionDamageTest, IsNotLoadedWhileItsLogCannotBeRead) {
  OwnerOfDeposits(1, 1);
  GoAway(1);
  EXPECT_DEATH(Start(1), "the ledger of partition 0 cannot be read now");
}

TEST_F(PartitionDamageTest, FollowsLaterWhatCannotBeReadNow) {
  Owner(1);
  Start(2);
  Turn(2);
  GoAway(2);
  Deposit(1, 1);
  Turn(1);
  TurnOnce(2);
  EXPECT_EQ(part(2).filter().index(), 0u);
  ASSERT_TRUE(part(2).NextWake().has_value());
  EXPECT_LE(*part(2).NextWake() - now(), Duration::Millis(50));
  ComeBack(2);
  Turn(2);
  EXPECT_EQ(part(2).filter().index(), 1u);
  EXPECT_EQ(part(2).NextWake(), std::nullopt);
}

TEST_F(PartitionDamageTest, DoesNotDecideBeforeItsClaimCanBeRead) {
  GoAway(1);
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kCandidate);
  ComeBack(1);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
}

TEST_F(PartitionDamageTest, IsNoSuspectWhileItCannotReadBackWhatWasStored) {
  Owner(1);
  Next({kUnplaced});
  GoAway(1);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
  EXPECT_EQ(heard, Heard());
  ComeBack(1);
  Turn(1);
  EXPECT_EQ(heard, Heard{"done"});
  EXPECT_EQ(part(1).term(), 1u);
}

TEST_F(PartitionDamageTest, AnswersARepeatWhenItsEntryCanBeReadAgain) {
  OwnerOfDeposits(1, 1);
  Owner(1);
  GoAway(1);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, Heard());
  ComeBack(1);
  Turn(1);
  EXPECT_EQ(heard, Heard{"done"});
  EXPECT_EQ(Balance(1), 5);
}

TEST_F(PartitionDamageTest, TellsWhoeverRepeatsToAskAgainWhenItsEntryCannotBeReadForLong) {
  OwnerOfDeposits(1, 1);
  Owner(1);
  GoAway(1);
  Deposit(1, 1);
  Turn(1);
  Pass(*part(1).NextWake() - now());
  Turn(1);
  EXPECT_EQ(heard, Heard());
  Pass(Duration::Seconds(3));
  Turn(1);
  EXPECT_EQ(heard, Heard{"OUTCOME_UNKNOWN_RETRY_SAME_ID"});
  EXPECT_EQ(part(1).waiting(), 0u);
}

// As on a topic that refuses an entry for its size.
TEST_F(PartitionDamageTest, ClaimsEverMoreSlowlyWhenItsEntriesFailAgainAndAgain) {
  Owner(1);
  Duration waited;
  for (std::uint64_t round = 1; round <= 8; ++round) {
    Next({kLost});
    Deposit(1, 1);
    Turn(1);
    if (round == 1) {
      EXPECT_EQ(part(1).role(), Role::kOwner) << "the first time it finds out at once";
      continue;
    }
    ASSERT_EQ(part(1).role(), Role::kSuspect);
    Deposit(1, 100);
    EXPECT_EQ(heard.back(), "NOT_THE_OWNER");
    waited = *part(1).NextWake() - now();
    Pass(waited);
    Turn(1);
    ASSERT_EQ(part(1).role(), Role::kOwner);
    EXPECT_EQ(part(1).term(), round + 1) << "a claim a round";
  }
  EXPECT_GE(waited, Duration::Seconds(5));
  Pass(Duration::Minutes(1));
  Next({kLost});
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner) << "who had it for a while begins anew";
}

TEST_F(PartitionDamageTest, WaitsForNoClaimWhenItIsToldToLeave) {
  Owner(1);
  for (int round = 0; round < 2; ++round) {
    Next({kLost});
    Deposit(1, 1);
    Turn(1);
  }
  ASSERT_EQ(part(1).role(), Role::kSuspect);
  part(1).Unassign();
  EXPECT_EQ(part(1).role(), Role::kFollower);
  EXPECT_EQ(heard.back(), "OUTCOME_UNKNOWN_RETRY_SAME_ID");
}

}  // namespace
}  // namespace dialtone::engine
