#include "controlplane/engine/runtime/ack_tracker.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

const AggregateKey kAlice = testing::AccountKey(1);

class AckTrackerTest : public ::testing::Test {
 protected:
  static std::string Id(std::uint64_t number) { return testing::ToyRequestId(Timestamp(), number); }

  Command Ask(std::uint64_t number) {
    return Command::FromClient(
        kAlice, testing::ToyRequest(Id(number), testing::GetBalance()), Mode::kCommit,
        testing::DecideToy(kAlice, testing::GetBalance()),
        [this, number](const ledger::v1::Answer& answer, const Token& token) {
          heard_.push_back(std::to_string(number) + " " +
                           (answer.has_refusal() ? answer.refusal().reason() : answer.reply()));
          token_ = token;
        });
  }
  FeedEntry Entry(std::uint64_t index, std::vector<std::uint64_t> answered) {
    auto batch = std::make_shared<ledger::v1::Batch>();
    ledger::v1::Outcome& outcome = *batch->add_outcomes();
    outcome.set_aggregate(kAlice.text());
    outcome.mutable_cause()->set_partition(5);
    outcome.mutable_cause()->set_index(77);
    for (const std::uint64_t number : answered) {
      ledger::v1::Answer& answer = *outcome.add_answers();
      answer.set_request_id(Id(number));
      answer.set_reply("in " + std::to_string(index));
    }
    return {{{0, index}, Timestamp()}, std::move(batch), false, 100};
  }
  // The entry counts: published, and told to the tracker.
  void Counts(std::uint64_t index, std::vector<std::uint64_t> answered) {
    FeedEntry entry = Entry(index, std::move(answered));
    feed_.Publish(entry, index);
    acks_.Valid(entry);
  }

  MemoryLedgerStore memory_{ClusterId(), 1};
  std::unique_ptr<LedgerStore> store_ = memory_.Open(0);
  FeedSignal signal_;
  Feed feed_{0, store_->partition(0), signal_};
  AckTracker acks_{feed_};
  std::vector<std::string> heard_;
  Token token_;
};

using Heard = std::vector<std::string>;

TEST_F(AckTrackerTest, LetsAReplyGoWhenItsEntryIsValidAndNotBefore) {
  Command command = Ask(1);
  acks_.Park(command);
  EXPECT_TRUE(heard_.empty());
  Counts(1, {});
  EXPECT_TRUE(heard_.empty());
  Counts(2, {1});
  EXPECT_EQ(heard_, (Heard{"1 in 2"}));
  EXPECT_EQ(token_, (Token{{0, 2}, {5, 77}}));
  EXPECT_EQ(acks_.waiting(), 0u);
}

TEST_F(AckTrackerTest, AnswersAllWhoWaitForTheSameRequest) {
  Command first = Ask(1);
  Command second = Ask(1);
  acks_.Park(first);
  acks_.Park(second);
  Counts(1, {1});
  EXPECT_EQ(heard_, (Heard{"1 in 1", "1 in 1"}));
}

TEST_F(AckTrackerTest, ReadsTheFirstAnswerBackForARepeat) {
  Counts(1, {});
  Counts(2, {1, 2});
  Counts(3, {});
  Command command = Ask(2);
  acks_.Repeat(2, command, Timestamp());
  EXPECT_EQ(heard_, (Heard{"2 in 2"}));
}

TEST_F(AckTrackerTest, KeepsWhatRestsOnAnEntryUntilThatIsValid) {
  Counts(1, {});
  Command early = Ask(1);
  Command late = Ask(2);
  acks_.ReleaseAt(1, RuntimeAnswer(ledger::v1::REQUEST_TOO_OLD), early);
  acks_.ReleaseAt(2, RuntimeAnswer(ledger::v1::REQUEST_ID_REUSED), late);
  EXPECT_EQ(heard_, (Heard{"1 REQUEST_TOO_OLD"}));
  Counts(2, {});
  EXPECT_EQ(heard_, (Heard{"1 REQUEST_TOO_OLD", "2 REQUEST_ID_REUSED"}));
}

TEST_F(AckTrackerTest, TellsEverybodyOnceWhenNobodyKnows) {
  Command parked = Ask(1);
  Command late = Ask(2);
  acks_.Park(parked);
  acks_.ReleaseAt(9, RuntimeAnswer(ledger::v1::REQUEST_TOO_OLD), late);
  acks_.Fail(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
  EXPECT_EQ(heard_, (Heard{"1 OUTCOME_UNKNOWN_RETRY_SAME_ID", "2 OUTCOME_UNKNOWN_RETRY_SAME_ID"}));
  EXPECT_EQ(acks_.waiting(), 0u);
  Counts(1, {1});
  EXPECT_EQ(heard_.size(), 2u);
}

TEST_F(AckTrackerTest, RefusesWithFacts) {
  Command command = Ask(1);
  AckTracker::Refuse(ledger::v1::QUEUE_FULL, command, {{"queued", "3"}});
  EXPECT_EQ(heard_, (Heard{"1 QUEUE_FULL"}));
}

}  // namespace
}  // namespace dialtone::engine
