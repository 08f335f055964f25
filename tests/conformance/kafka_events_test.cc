// The public feed on librdkafka's mock cluster: what is published, in which order, and what follows
// failures.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_producer.h"
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
      const std::lock_guard lock(mutex_);
      told_.emplace_back(text);
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
    return Publish([owned] { return owned; }, cluster);
  }
  std::unique_ptr<Publisher> Publish(std::function<std::vector<bool>()> owned,
                                     const std::string& cluster) {
    EventSource source{cluster, {feeds_[0].get(), feeds_[1].get()}, signal_, std::move(owned)};
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

  // The first that was told with this in it.
  std::string Told(const std::string& part) {
    std::unique_lock lock(mutex_);
    const auto found = [&] {
      return std::find_if(told_.begin(), told_.end(), [&](const std::string& text) {
        return text.find(part) != std::string::npos;
      });
    };
    has_told_.wait(lock, [&] { return found() != told_.end(); });
    return *found();
  }

  // What somebody else writes there.
  void Write(std::uint32_t partition, int records, const engine::KafkaHeaders& headers = {}) {
    int open = records;
    const auto producer = engine::KafkaProducer::Open(
        options_, {[&](const auto& reports) { open -= static_cast<int>(reports.size()); }, {}, {}});
    DIALTONE_CHECK(producer.has_value(), "no producer");
    for (int i = 0; i < records; ++i) {
      DIALTONE_CHECK((*producer)->Send({partition, "key", "stray", &headers, 0}) == 0, "not sent");
    }
    while (open > 0) (*producer)->Serve(Duration::Seconds(1));
  }

  // Until what an ordinary producer was given now has failed: so long do appends wait.
  void WaitUntilAppendsExpire() {
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
    bool is_reported = false;
    const auto producer =
        engine::KafkaProducer::Open(options_, {[&](const std::vector<engine::KafkaReport>& all) {
                                                 error = all.front().error;
                                                 is_reported = true;
                                               },
                                               {},
                                               {}});
    DIALTONE_CHECK(producer.has_value() && (*producer)->Send({1, "key", "late"}) == 0, "not sent");
    while (!is_reported) (*producer)->Serve(Duration::Seconds(1));
    EXPECT_EQ(error, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
  }

  static Ids AllOf(std::uint32_t partition, int entries) {
    Ids ids;
    for (int index = 1; index <= entries; ++index) {
      for (std::uint32_t ordinal = 0; ordinal < 2; ++ordinal)
        ids.push_back(IdOf(partition, {static_cast<std::uint64_t>(index), ordinal}));
    }
    return ids;
  }

  engine::MockKafka kafka_{kPartitions};
  engine::KafkaOptions options_ = EventOptionsOf(kafka_.options());
  engine::MemoryLedgerStore memory_{engine::ClusterId(), kPartitions};
  std::unique_ptr<engine::LedgerStore> ledger_ = memory_.Open(0);
  engine::FeedSignal signal_;
  std::vector<std::unique_ptr<engine::Feed>> feeds_;
  std::mutex mutex_;
  std::condition_variable has_told_;
  std::vector<std::string> told_;
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

// Queued events do not expire: then a younger one could be stored, and the older never.
TEST_F(KafkaEventsTest, EventsThatWaitLongerThanAppendsDoAreAllThereWhenBrokersAreBack) {
  const auto publisher = Publish();
  Happen(0);
  Follow(0, "0/1/1");
  kafka_.GoDown();
  for (int entry = 0; entry < 20; ++entry) Happen(0);
  WaitUntilAppendsExpire();
  WaitUntilAppendsExpire();
  Happen(0);
  EXPECT_GE(publisher->stats().behind, 20u);
  kafka_.ComeUp();
  EXPECT_EQ(FollowOnce(0, "0/22/1"), AllOf(0, 22));
  EXPECT_EQ(publisher->stats().interrupted, 0u);
}

TEST_F(KafkaEventsTest, EventsThatBrokersDoNotTakeAreAskedForAnewAndEachIsThere) {
  const auto publisher = Publish();
  Happen(0);
  Follow(0, "0/1/1");
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_INVALID_RECORD});
  for (int entry = 0; entry < 20; ++entry) Happen(0);
  EXPECT_THAT(Told("was interrupted"), HasSubstr("goes on where its topic ends"));
  EXPECT_EQ(FollowOnce(0, "0/21/1"), AllOf(0, 21));
  EXPECT_GE(publisher->stats().interrupted, 1u);
}

TEST_F(KafkaEventsTest, APublisherEndsSoonThoughBrokersAreAway) {
  auto publisher = Publish();
  Happen(0);
  Follow(0, "0/1/1");
  kafka_.GoDown();
  Happen(0);
  while (publisher->stats().behind == 0) std::this_thread::yield();
  const auto began = std::chrono::steady_clock::now();
  publisher.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

// Else brokers would get them whenever they are back, long behind what the next owner published.
TEST_F(KafkaEventsTest, WhatWaitsForBrokersIsDroppedSoonAfterThePartitionIsLost) {
  std::atomic<bool> is_owned{true};
  const auto publisher = Publish(
      [&] {
        return std::vector<bool>{is_owned, false};
      },
      std::string(16, 'c'));
  Happen(0);
  Follow(0, "0/1/1");
  kafka_.GoDown();
  Happen(0);
  while (publisher->stats().behind == 0) std::this_thread::yield();
  is_owned = false;
  EXPECT_THAT(Told("was interrupted"), HasSubstr("partition 0 is another node's now"));
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
  Happen(0);
  const auto other = Publish({true, true}, std::string(16, 'd'));
  EXPECT_THAT(Told("another ledger"), HasSubstr("delete that topic, or start with --events off"));
  Happen(1);
  Follow(1, "1/1/1");  // what publishes goes on meanwhile
  const auto client = engine::OpenKafka(options_, engine::KafkaRole::kHistory);
  EXPECT_EQ(engine::AskOffset(*client, options_, 0, RD_KAFKA_OFFSET_END, Duration::Seconds(5)), 2u);
  EXPECT_EQ(other->stats().interrupted, 0u);
}

// However many there are: further back stands the last event.
TEST_F(KafkaEventsTest, StraysAtTheEndDoNotHideTheLastEvent) {
  Happen(0);
  for (const int strays : {1, 30, 300, 5'000}) {
    {
      const auto publisher = Publish();
      Follow(0, IdOf(0, {feeds_[0]->head(), 1}));
    }
    Write(0, strays);
    Happen(0);
    const auto next = Publish();
    Follow(0, IdOf(0, {feeds_[0]->head(), 1}));
    EXPECT_THAT(Told(std::to_string(strays) + " records"), HasSubstr("left alone"));
  }
  EXPECT_EQ(Follow(0, "0/5/1"), AllOf(0, 5)) << "each once";
}

TEST_F(KafkaEventsTest, APartitionWithNothingButStraysIsPublishedFromTheBeginning) {
  Write(0, 20);
  Write(1, 1, {{kSourceHeader, "//somebody/else"}, {kIdHeader, "0/7/0"}});
  Happen(0);
  Happen(1);
  const auto publisher = Publish();
  EXPECT_EQ(Follow(0, "0/1/1"), AllOf(0, 1));
  Follow(1, "1/1/1");
}

TEST_F(KafkaEventsTest, WhatHaltsOnePartitionHaltsNoOther) {
  Write(0, 1, {{kSourceHeader, SourceOf(std::string(16, 'd'))}, {kIdHeader, "0/7/0"}});
  Happen(0);
  const auto publisher = Publish();
  EXPECT_THAT(Told("another ledger"), HasSubstr(options_.topic + ", partition 0"));
  Happen(1);
  EXPECT_EQ(Follow(1, "1/1/1"), AllOf(1, 1));
  while (publisher->stats().behind != 1) std::this_thread::yield();  // which an operator can see
  EXPECT_EQ(publisher->stats().interrupted, 0u);
}

TEST_F(KafkaEventsTest, TheTopicIsNamedAfterTheLedgers) {
  engine::KafkaOptions ledger;
  EXPECT_EQ(EventOptionsOf(ledger).topic, "dialtone.events.v1");
  ledger.topic = "blue";
  EXPECT_EQ(EventOptionsOf(ledger).topic, "blue.events");
}

}  // namespace
}  // namespace dialtone::events
