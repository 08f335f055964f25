#include "controlplane/engine/runtime/partition.h"

#include <gtest/gtest.h>

#include "tests/unit/engine/runtime/partition_story.h"

namespace dialtone::engine {
namespace {

class PartitionTest : public ::testing::Test, protected PartitionStory {};

using Heard = std::vector<std::string>;
const Heard kDone{"done"};
const Heard kUnknown{"OUTCOME_UNKNOWN_RETRY_SAME_ID"};

TEST_F(PartitionTest, IsAFollowerUntilItIsToldToOwn) {
  Start(1);
  Pass(Duration::Minutes(1));
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  EXPECT_EQ(part(1).term(), 0u);
  Deposit(1, 1);
  EXPECT_EQ(heard, Heard{"NOT_THE_OWNER"});
}

TEST_F(PartitionTest, BecomesTheOwnerWhenItsClaimCounts) {
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
  EXPECT_EQ(part(1).term(), 1u);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, kDone);
  EXPECT_EQ(Balance(1), 5);
}

TEST_F(PartitionTest, ClaimsAgainWithBackOffWhenItsClaimIsLost) {
  Next({kLost});
  Owner(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  ASSERT_GT(part(1).NextWake(), now());
  Pass(*part(1).NextWake() - now());
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
}

TEST_F(PartitionTest, WaitsForTheOldOwnersClosingEntryBeforeItClaims) {
  Owner(1);
  Start(2).Assign(now());
  Turn(2);
  EXPECT_EQ(part(2).role(), Role::kFollower);
  Pass(Duration::Seconds(1));
  Turn(2);
  EXPECT_EQ(part(2).role(), Role::kOwner);
  EXPECT_EQ(part(2).term(), 2u);
}

TEST_F(PartitionTest, ClaimsAtOnceBehindAClosingEntry) {
  Owner(1);
  Start(2).Assign(now());
  Turn(2);
  part(1).Leave();
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  Turn(2);
  EXPECT_EQ(part(2).role(), Role::kOwner);
}

TEST_F(PartitionTest, AnswersWhatItTookInBeforeItLeaves) {
  Owner(1);
  Deposit(1, 1);
  part(1).Leave();
  Deposit(1, 2);
  EXPECT_EQ(heard, Heard{"DRAINING"});
  Turn(1);
  EXPECT_EQ(heard, (Heard{"DRAINING", "done"}));
  EXPECT_EQ(part(1).role(), Role::kFollower);
}

TEST_F(PartitionTest, EndsItsOwnershipAlsoByAClosingEntryThatIsReadBack) {
  Owner(1);
  Next({kUnplaced});
  part(1).Leave();
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  EXPECT_FALSE(part(1).filter().open());
  EXPECT_EQ(part(1).term(), 1u);
}

TEST_F(PartitionTest, LeavesThoughItsClosingEntryIsLost) {
  Owner(1);
  Next({kLost});
  part(1).Leave();
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  EXPECT_FALSE(part(1).filter().open());
}

TEST_F(PartitionTest, LearnsFromItsNextEntryThatItIsDeposed) {
  Owner(1);
  Owner(2);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, kUnknown);
  EXPECT_EQ(part(1).role(), Role::kFollower);
  EXPECT_EQ(Balance(1), 0);
}

TEST_F(PartitionTest, LearnsThatItIsDeposedThoughNobodyAsks) {
  Owner(1);
  Owner(2);
  TurnOnce(1);
  EXPECT_EQ(part(1).role(), Role::kFollower);
}

TEST_F(PartitionTest, TakesThePartitionBackEverMoreSlowlyWhileAnotherWantsItToo) {
  Owner(1);
  Owner(2);
  Duration waited;
  for (int round = 0; round < 12; ++round) {
    const NodeId loser = round % 2 == 0 ? 1 : 2;
    Turn(loser);
    ASSERT_EQ(part(loser).role(), Role::kFollower);
    waited = *part(loser).NextWake() - now();
    Pass(waited);
    Turn(loser);
    ASSERT_EQ(part(loser).role(), Role::kOwner);
  }
  EXPECT_GE(waited, Duration::Seconds(3));
}

TEST_F(PartitionTest, RollsBackWhatCameTooLate) {
  Owner(1);
  Next({kSlow});
  Deposit(1, 1);
  TurnOnce(1);
  EXPECT_EQ(Balance(1), 5);
  Owner(2);
  for (int turn = 0; turn < 120; ++turn) TurnOnce(1);
  EXPECT_EQ(heard, kUnknown);
  EXPECT_EQ(Balance(1), 0);
  Turn(2);
  EXPECT_EQ(part(1).fold().ContentDigest(), part(2).fold().ContentDigest());

  Deposit(2, 1);
  Turn(2);
  EXPECT_EQ(heard.back(), "done");
  EXPECT_EQ(Balance(2), 5);
}

TEST_F(PartitionTest, IsSuspectWhenAnEntryFailsAndCountsItOnceAtMost) {
  Owner(1);
  Next({kLost});
  Deposit(1, 1);
  TurnOnce(1);
  EXPECT_EQ(part(1).role(), Role::kSuspect);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
  EXPECT_EQ(part(1).term(), 2u);
  EXPECT_EQ(heard, kUnknown);
  EXPECT_EQ(Balance(1), 0);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard.back(), "done");
  EXPECT_EQ(Balance(1), 5);
}

TEST_F(PartitionTest, LetsRepliesGoWhenAllThatFailedHadLanded) {
  Owner(1);
  Next({kStoredButFailed});
  Deposit(1, 1);
  TurnOnce(1);
  EXPECT_EQ(part(1).role(), Role::kSuspect);
  Turn(1);
  EXPECT_EQ(heard, kDone);
  EXPECT_EQ(part(1).term(), 2u);
  EXPECT_EQ(Balance(1), 5);
}

TEST_F(PartitionTest, ReadsBackAnEntryWithoutAPlace) {
  Owner(1);
  Next({kUnplaced});
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, kDone);
  EXPECT_EQ(part(1).term(), 1u);
}

TEST_F(PartitionTest, ReadsBackAnEntryWithAPlaceThatCannotBe) {
  Owner(1);
  Next({kFalsePlace});
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, kDone);
  EXPECT_EQ(part(1).term(), 1u);
}

TEST_F(PartitionTest, BelievesNothingThatIsNotInTheLog) {
  Owner(1);
  Next({kFalselyStored});
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, kUnknown);
  EXPECT_EQ(part(1).term(), 2u);
  EXPECT_EQ(Balance(1), 0);
}

TEST_F(PartitionTest, CountsOnceWhatIsStoredTwice) {
  Owner(1);
  Next({kTwice});
  Deposit(1, 1);
  Turn(1);
  Deposit(1, 2);
  Turn(1);
  EXPECT_EQ(heard, (Heard{"done", "done"}));
  EXPECT_EQ(Balance(1), 10);
  EXPECT_EQ(part(1).term(), 1u);
}

TEST_F(PartitionTest, GivesARepeatTheFirstAnswer) {
  Owner(1);
  Deposit(1, 1);
  Deposit(1, 1);
  Turn(1);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(heard, (Heard{"done", "done", "done"}));
  EXPECT_EQ(Balance(1), 5);
  EXPECT_EQ(part(1).filter().index(), 1u);
}

TEST_F(PartitionTest, RefusesARequestIdThatWasUsedForAnotherBody) {
  Owner(1);
  Deposit(1, 1, 5);
  Deposit(1, 1, 6);
  EXPECT_TRUE(heard.empty());
  Turn(1);
  EXPECT_EQ(heard.size(), 2u);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "REQUEST_ID_REUSED"), 1);
  EXPECT_EQ(Balance(1), 5);
}

TEST_F(PartitionTest, RefusesWhatIsMintedInTheFuture) {
  Owner(1);
  const AggregateKey key = testing::AccountKey(1);
  Command command = Command::FromClient(
      key,
      testing::ToyRequest(testing::ToyRequestId(now() + Duration::Seconds(11), 1),
                          testing::GetBalance()),
      Mode::kCommit, testing::DecideToy(key, testing::GetBalance()),
      [this](const ledger::v1::Answer& answer, const Token&) {
        heard.push_back(answer.refusal().reason());
      });
  part(1).Submit(std::move(command));
  Turn(1);
  EXPECT_EQ(heard, Heard{"REQUEST_FROM_THE_FUTURE"});
  EXPECT_EQ(part(1).filter().index(), 0u);
}

TEST_F(PartitionTest, AppendsNothingForADryRun) {
  Owner(1);
  const Offset end = log_end();
  Deposit(1, 1, 5, Mode::kDryRun);
  Turn(1);
  EXPECT_EQ(heard, kDone);
  EXPECT_EQ(log_end(), end);
  EXPECT_EQ(Balance(1), 0);
}

TEST_F(PartitionTest, AppendsARefusalAndRemembersIt) {
  Owner(1);
  Send(1, 1, testing::Transfer(testing::AccountKey(2), 1));
  Turn(1);
  Deposit(1, 2);
  Send(1, 1, testing::Transfer(testing::AccountKey(2), 1));
  Turn(1);
  EXPECT_EQ(std::count(heard.begin(), heard.end(), "TOO_LITTLE_MONEY"), 2);
}

TEST_F(PartitionTest, RefusesEarlyWhenItsQueueIsFull) {
  Owner(1);
  for (std::uint64_t number = 1; number <= 4; ++number) Deposit(1, number);
  EXPECT_EQ(heard, Heard{"QUEUE_FULL"});
}

TEST_F(PartitionTest, AnswersATransferWhenTheOtherSideHasIt) {
  Owner(1);
  Deposit(1, 1, 50);
  Turn(1);
  Send(1, 2, testing::Transfer(testing::AccountKey(2), 20));
  Turn(1);
  EXPECT_EQ(heard, (Heard{"done", "done"}));
  EXPECT_EQ(Balance(1), 30);
  EXPECT_EQ(part(1).waiting(), 0u);
}

TEST_F(PartitionTest, FiresATimerWhenLedgerTimeHasCome) {
  Owner(1);
  Send(1, 1, testing::SetTimer("tea", Duration::Minutes(3)));
  Turn(1);
  EXPECT_EQ(part(1).NextWake(), now() + Duration::Minutes(3));
  Pass(Duration::Minutes(3) - Duration::Micros(1));
  Turn(1);
  EXPECT_EQ(part(1).filter().index(), 1u);
  Pass(Duration::Micros(1));
  Turn(1);
  EXPECT_EQ(part(1).filter().index(), 2u);
  EXPECT_EQ(part(1).NextWake(), std::nullopt);
}

TEST_F(PartitionTest, NeverLetsLedgerTimeGoBack) {
  Owner(1);
  Deposit(1, 1);
  Turn(1);
  const Timestamp before = part(1).fold().time();
  Pass(Duration::Hours(-1));
  Deposit(1, 2);
  Turn(1);
  EXPECT_EQ(part(1).fold().time(), before);
}

TEST_F(PartitionTest, DoesNotClaimWithAClockFarBehindTheLedger) {
  Owner(1);
  Deposit(1, 1);
  Turn(1);
  Pass(Duration::Seconds(-30));
  Start(2).Assign(now() - Duration::Minutes(1));
  Turn(2);
  EXPECT_EQ(part(2).role(), Role::kFollower);
  ASSERT_GT(part(2).NextWake(), now());
  Pass(*part(2).NextWake() - now());
  Turn(2);
  EXPECT_EQ(part(2).role(), Role::kOwner);
}

TEST_F(PartitionTest, GoesOnFromItsRowsAfterACrash) {
  Owner(1);
  Deposit(1, 1);
  Turn(1);
  rows(1).Flush();
  Deposit(1, 2);
  Turn(1);
  const Digest before = part(1).fold().ContentDigest();
  rows(1).Crash();
  Start(1);
  EXPECT_EQ(Balance(1), 5);
  Turn(1);
  EXPECT_EQ(Balance(1), 10);
  EXPECT_EQ(part(1).fold().ContentDigest(), before);
}

TEST_F(PartitionTest, FoldsAnewWhatAProgramOfAnotherLevelHasFolded) {
  Owner(1);
  Deposit(1, 1);
  Turn(1);
  rows(1).Flush();
  Start(1, 1);
  EXPECT_EQ(Balance(1), 0);
  Turn(1);
  EXPECT_EQ(Balance(1), 5);
  Start(1, 1);
  EXPECT_EQ(Balance(1), 5);
}

class UnknownEvents : public PartitionTest {
 protected:
  // What a newer owner appends reaches this one.
  void Append(const Event& event) {
    Owner(1);
    ledger::v1::Batch batch;
    batch.add_outcomes()->set_aggregate("accounts/1");
    *batch.mutable_outcomes(0)->add_events() = event;
    ledger::v1::Entry entry = NextEntry(part(1).filter());
    entry.set_batch(batch.SerializeAsString());
    ledger(1).Append(EntryRecord(entry), 1'000);
    Turn(1);
  }
  void ExpectStopped(const std::string& why) {
    EXPECT_EQ(part(1).role(), Role::kStopped);
    EXPECT_NE(part(1).stop_reason().find("newer program"), std::string::npos);
    EXPECT_NE(part(1).stop_reason().find(why), std::string::npos) << part(1).stop_reason();
  }
};

TEST_F(UnknownEvents, StopTheirPartition) {
  Event event;
  event.GetReflection()->MutableUnknownFields(&event)->AddLengthDelimited(77, "");
  Append(event);
  ExpectStopped("accounts/1");
}

TEST_F(UnknownEvents, AreKnownByAFieldToo) {
  Event event;
  auto& fired = *event.mutable_exercise()->mutable_timer_fired();
  fired.GetReflection()->MutableUnknownFields(&fired)->AddVarint(77, 1);
  Append(event);
  ExpectStopped("77");
}

// What falls due makes outcomes of these sizes, one after the other.
class WordyMachine final : public testing::ToyMachine {
 public:
  explicit WordyMachine(std::vector<std::size_t> kibibytes) : kibibytes_(std::move(kibibytes)) {}

 protected:
  DecideFunction DueFunction(const AggregateKey& key, const Aggregate& aggregate) const override {
    const auto fired = static_cast<const testing::Account&>(aggregate).timers_fired();
    return [due = ToyMachine::DueFunction(key, aggregate), bytes = kibibytes_.at(fired) << 10U](
               const Machine& machine, Context& context) mutable {
      Decided decided = due(machine, context);
      ledger::v1::Answer& answer = *decided->add_answers();
      answer.set_request_id(std::string(16, 'x'));
      answer.set_reply(std::string(bytes, 'y'));
      return decided;
    };
  }

 private:
  std::vector<std::size_t> kibibytes_;
};

TEST_F(PartitionTest, ClosesAnEntryBeforeWhatDoesNotFitIntoIt) {
  new_machine = [] {
    return std::make_unique<WordyMachine>(std::vector<std::size_t>{100, 200, 1});
  };
  Owner(1);
  for (const char* name : {"a", "b", "c"})
    Send(1, static_cast<unsigned char>(*name), testing::SetTimer(name, Duration::Minutes(3)));
  Turn(1);
  ASSERT_EQ(part(1).filter().index(), 1u);
  Pass(Duration::Minutes(3));
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kOwner);
  EXPECT_EQ(part(1).filter().index(), 4u);
  EXPECT_EQ(part(1).NextWake(), std::nullopt);
}

TEST_F(PartitionTest, StopsWhenWhatFallsDueFitsIntoNoEntry) {
  new_machine = [] { return std::make_unique<WordyMachine>(std::vector<std::size_t>{300}); };
  Owner(1);
  Send(1, 1, testing::SetTimer("a", Duration::Minutes(3)));
  Turn(1);
  Pass(Duration::Minutes(3));
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
  EXPECT_NE(part(1).stop_reason().find("bytes"), std::string::npos);
}

TEST_F(PartitionTest, DecidesSoMuchInATurnThoughNothingOfItIsAppended) {
  queue_max = 100;
  Owner(1);
  const auto send = [&](std::size_t bytes, Mode mode) {
    for (std::uint64_t number = 1; number <= 9; ++number)
      Send(1, number, testing::SetTimer(std::string(bytes, 't'), Duration::Minutes(3)), mode);
  };
  send(50U << 10U, Mode::kDryRun);
  TurnOnce(1);
  EXPECT_EQ(heard, Heard(3, "done"));
  Turn(1);
  EXPECT_EQ(heard, Heard(9, "done"));
  heard.clear();
  send(70U << 10U, Mode::kCommit);
  TurnOnce(1);
  EXPECT_EQ(heard, Heard(2, "COMMAND_TOO_LARGE"));
  Turn(1);
  EXPECT_EQ(heard, Heard(9, "COMMAND_TOO_LARGE"));
  EXPECT_EQ(part(1).filter().index(), 0u);
}

TEST_F(PartitionTest, StopsAtWhatANewerProgramHasWritten) {
  Owner(1);
  Owner(2, 1);
  Deposit(1, 1);
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
  EXPECT_NE(part(1).stop_reason().find("level_ahead"), std::string::npos);
  EXPECT_EQ(heard.size(), 1u);
  Pass(Duration::Minutes(10));
  Turn(1);
  EXPECT_EQ(part(1).role(), Role::kStopped);
}

TEST_F(PartitionTest, NotesWhatItHasReadWhenItIsLeftSoThatTheNextOwnerNeedNot) {
  Owner(1);
  for (std::uint64_t number = 1; number <= 3; ++number) {
    Deposit(1, number);
    Turn(1);
  }
  EXPECT_EQ(part(1).fold().inbox().At(0).index, 0U);
  const std::uint64_t head = part(1).filter().index();
  part(1).Leave();
  Turn(1);
  Owner(2);
  EXPECT_EQ(part(2).fold().inbox().At(0).index, head);
}

}  // namespace
}  // namespace dialtone::engine
