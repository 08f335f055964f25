// The public feed on librdkafka's mock cluster: what is published, in which order, and what follows
// failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/kernel/check.h"
#include "dialtone/ledger/v1/event.pb.h"
#include "tests/support/event_follower.h"
#include "tests/support/mock_kafka.h"

namespace dialtone::events {
namespace {

using testing::HasSubstr;

constexpr std::uint32_t kPartitions = 2;
using Ids = std::vector<std::string>;

Ids IdsOf(const std::vector<PublishedEvent>& events) {
  Ids ids;
  for (const PublishedEvent& event : events) ids.push_back(event.id);
  return ids;
}

// A node's feeds, filled by hand, and publishers of what it owns.
class KafkaEventsTest : public testing::Test {
 protected:
  KafkaEventsTest() {
    for (std::uint32_t partition = 0; partition < kPartitions; ++partition) {
      feeds_.push_back(
          std::make_unique<engine::Feed>(partition, ledger_->partition(partition), signal_));
    }
    options_.append_timeout = Duration::Millis(1'000);
    options_.tell = [this](std::string_view text) {
      // What is passed because the brokers are a mock is told too.
      if (text.find("published anew") == text.npos) return;
      const std::lock_guard lock(mutex_);
      failures_.emplace_back(text);
      has_told_.notify_all();
    };
    kafka_.MakeTopic(options_.topic, kPartitions);
  }

  // One entry with two events.
  void Happen(std::uint32_t partition) {
    auto batch = std::make_shared<ledger::v1::Batch>();
    ledger::v1::Outcome& outcome = *batch->add_outcomes();
    outcome.set_aggregate("organizations/contoso");
    for (int event = 0; event < 2; ++event)
      outcome.add_events()->mutable_inventory()->mutable_numbers_returned()->set_hold("h");
    const std::uint64_t index = feeds_[partition]->head() + 1;
    feeds_[partition]->Publish({{{partition, index}, Timestamp()}, batch, false, 100}, index);
  }

  std::unique_ptr<Publisher> Publish(std::vector<bool> owned = {true, true},
                                     const std::string& cluster = std::string(16, 'c')) {
    EventSource source{
        cluster, {feeds_[0].get(), feeds_[1].get()}, signal_, [owned] { return owned; }};
    auto publisher = Publisher::Open(options_, std::move(source));
    DIALTONE_CHECK(publisher.has_value(), "no publisher");
    return std::move(*publisher);
  }

  // What the partition holds, up to this one; and what a consumer makes of it.
  Ids Follow(std::uint32_t partition, const std::string& last) {
    return IdsOf(EventFollower(options_, partition).Until(last));
  }
  Ids FollowOnce(std::uint32_t partition, const std::string& last) {
    const auto events = EventFollower(options_, partition).Until(last);
    return IdsOf(EventFollower::Once(events, partition));
  }

  std::string FirstTold() { return AwaitTold(1); }
  // The failure that was told as that one.
  std::string AwaitTold(std::size_t count) {
    std::unique_lock lock(mutex_);
    has_told_.wait(lock, [&] { return failures_.size() >= count; });
    return failures_[count - 1];
  }

  engine::MockKafka kafka_{kPartitions};
  engine::KafkaOptions options_ = EventOptionsOf(kafka_.options());
  engine::MemoryLedgerStore memory_{engine::ClusterId(), kPartitions};
  std::unique_ptr<engine::LedgerStore> ledger_ = memory_.Open(0);
  engine::FeedSignal signal_;
  std::vector<std::unique_ptr<engine::Feed>> feeds_;
  std::mutex mutex_;
  std::condition_variable has_told_;
  std::vector<std::string> failures_;  // that were told
};

TEST_F(KafkaEventsTest, EachEventOfAnOwnedPartitionIsPublishedInOrder) {
  Happen(1);
  const auto publisher = Publish();
  Happen(1);
  EXPECT_EQ(Follow(1, "1/2/1"), (Ids{"1/1/0", "1/1/1", "1/2/0", "1/2/1"}));
}

TEST_F(KafkaEventsTest, WhoeverBeginsAnewGoesOnWhereTheTopicEnds) {
  Happen(0);
  {
    const auto publisher = Publish();
    Follow(0, "0/1/1");
  }
  Happen(0);
  const auto next = Publish();
  EXPECT_EQ(Follow(0, "0/2/1"), (Ids{"0/1/0", "0/1/1", "0/2/0", "0/2/1"}));
}

TEST_F(KafkaEventsTest, APartitionOfAnotherNodeIsLeftToIt) {
  Happen(0);
  Happen(1);
  const auto one = Publish({true, false});
  Follow(0, "0/1/1");
  // What is not owned here is nobody's delay: the publisher is soon behind with nothing.
  while (one->stats().behind != 0) std::this_thread::yield();
  Happen(0);
  Follow(0, "0/2/1");
  const auto other = Publish({false, true});
  EXPECT_EQ(Follow(1, "1/1/1"), (Ids{"1/1/0", "1/1/1"}));
}

TEST_F(KafkaEventsTest, AfterBrokersFailedEachEventIsThereAndInOrder) {
  const auto publisher = Publish();
  Happen(0);
  Follow(0, "0/1/1");
  kafka_.GoDown();
  for (int entry = 0; entry < 20; ++entry) Happen(0);
  EXPECT_THAT(FirstTold(), HasSubstr("published anew"));
  kafka_.ComeUp();
  Happen(0);
  Ids all;
  for (int entry = 1; entry <= 22; ++entry) {
    all.push_back("0/" + std::to_string(entry) + "/0");
    all.push_back("0/" + std::to_string(entry) + "/1");
  }
  EXPECT_EQ(FollowOnce(0, "0/22/1"), all);
  EXPECT_GE(publisher->stats().interrupted, 1u);
}

// One that is given up while the next is not would be missing for ever: the topic's last event says
// where to go on. The publisher of another topic, which gives up soon, tells how long this takes.
TEST_F(KafkaEventsTest, NoEventIsGivenUpHoweverLongBrokersAreAway) {
  const auto impatient = Publish();
  Happen(0);
  Follow(0, "0/1/1");
  engine::KafkaOptions ledger = kafka_.options();
  ledger.topic = "patient";
  ledger.append_timeout = options_.append_timeout;
  options_ = EventOptionsOf(ledger);
  kafka_.MakeTopic(options_.topic, kPartitions);
  const auto publisher = Publish();
  Follow(0, "0/1/1");
  kafka_.GoDown();
  for (int entry = 0; entry < 20; ++entry) Happen(0);
  AwaitTold(2);
  kafka_.ComeUp();
  EXPECT_EQ(Follow(0, "0/21/1").size(), 42u) << "each once";
  EXPECT_EQ(publisher->stats().interrupted, 0u);
}

TEST_F(KafkaEventsTest, TwoWhoPublishAtOnceLeaveEachEventInOrder) {
  for (int entry = 0; entry < 50; ++entry) Happen(0);
  const auto one = Publish();
  const auto other = Publish();
  for (int entry = 0; entry < 50; ++entry) Happen(0);
  const Ids once = FollowOnce(0, "0/100/1");
  ASSERT_EQ(once.size(), 200u);
  for (std::size_t i = 0; i < once.size(); ++i)
    EXPECT_EQ(once[i], IdOf(0, {i / 2 + 1, static_cast<std::uint32_t>(i % 2)}));
}

TEST_F(KafkaEventsTest, ATopicOfAnotherLedgerIsLeftAsItIs) {
  Happen(0);
  {
    const auto publisher = Publish();
    Follow(0, "0/1/1");
  }
  const auto foreign = Publish({true, true}, std::string(16, 'd'));
  EXPECT_THAT(FirstTold(), HasSubstr("no event of this ledger"));
}

TEST_F(KafkaEventsTest, TheTopicIsNamedAfterTheLedgers) {
  engine::KafkaOptions ledger;
  EXPECT_EQ(EventOptionsOf(ledger).topic, "dialtone.events.v1");
  ledger.topic = "blue";
  EXPECT_EQ(EventOptionsOf(ledger).topic, "blue.events");
}

}  // namespace
}  // namespace dialtone::events
