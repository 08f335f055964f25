// Who should own what, as real brokers say it to several nodes.
#include "controlplane/engine/ledger/kafka_group.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/kernel/check.h"
#include "tests/kafka/brokers.h"

namespace dialtone::engine {
namespace {

using Clock = std::chrono::steady_clock;
using Partitions = std::vector<std::uint32_t>;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Optional;
using testing::UnorderedElementsAre;

constexpr std::chrono::seconds kSoon{30};

KafkaGroupOptions NewGroup(std::uint32_t partition_count) {
  KafkaGroupOptions options = GroupOptionsOf(Brokers::One().NewTopic(partition_count));
  options.session_timeout = Duration::Seconds(1);
  return options;
}

// A node that does as it is told.
class Member {
 public:
  Member(KafkaGroupOptions options, std::string name) {
    options.member = std::move(name);
    auto group = KafkaGroup::Join(
        options, {[this] { return is_alive_.load(); },
                  [this](const Partitions& owned) { Own(owned); }, [this] { Lose(); }});
    DIALTONE_CHECK(group, ToText(group.error()));
    group_ = std::move(*group);
  }

  // Until it is told that it should own these, and when that was.
  Clock::time_point Await(const Partitions& wanted) {
    std::unique_lock lock(mutex_);
    const bool came = told_.wait_for(lock, kSoon, [&] { return owned_ && *owned_ == wanted; });
    EXPECT_TRUE(came) << testing::PrintToString(owned_) << " instead of "
                      << testing::PrintToString(wanted);
    return at_;
  }
  void AwaitLoss() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(told_.wait_for(lock, kSoon, [&] { return lost_ > 0; }));
  }
  int lost() const {
    const std::lock_guard lock(mutex_);
    return lost_;
  }
  void Hang() { is_alive_ = false; }
  void GoOn() { is_alive_ = true; }
  KafkaGroup& group() { return *group_; }

 private:
  void Own(const Partitions& owned) {
    const std::lock_guard lock(mutex_);
    owned_ = owned;
    at_ = Clock::now();
    told_.notify_all();
  }
  void Lose() {
    const std::lock_guard lock(mutex_);
    owned_.reset();
    ++lost_;
    told_.notify_all();
  }

  std::atomic<bool> is_alive_{true};
  mutable std::mutex mutex_;
  std::condition_variable told_;
  std::optional<Partitions> owned_;  // none: it was not told yet, or lost all
  Clock::time_point at_;
  int lost_ = 0;
  std::unique_ptr<KafkaGroup> group_;
};

TEST(KafkaGroup, GivesAllToItsOnlyMember) {
  Member ann(NewGroup(4), "ann");
  ann.Await({0, 1, 2, 3});
}

TEST(KafkaGroup, SharesByRangesInTheOrderOfNames) {
  const KafkaGroupOptions options = NewGroup(4);
  Member bob(options, "bob");
  bob.Await({0, 1, 2, 3});
  Member ann(options, "ann");
  ann.Await({0, 1});
  bob.Await({2, 3});
  EXPECT_EQ(bob.lost(), 0) << "a change is no loss";
}

TEST(KafkaGroup, HasNothingForAMemberTooMany) {
  const KafkaGroupOptions options = NewGroup(1);
  Member ann(options, "ann");
  ann.Await({0});
  Member bob(options, "bob");
  bob.Await({});
}

TEST(KafkaGroup, GivesWhatAMemberLeavesToTheOthersAsItEnds) {
  const KafkaGroupOptions options = NewGroup(4);
  Member ann(options, "ann");
  auto bob = std::make_unique<Member>(options, "bob");
  ann.Await({0, 1});
  bob->Await({2, 3});
  const auto left = Clock::now();
  bob->group().Leave(Duration::Seconds(20));
  const auto ended = Clock::now();
  const auto told = ann.Await({0, 1, 2, 3});
  EXPECT_LT(told - ended, std::chrono::milliseconds(100)) << "brokers tell all at once";
  const std::chrono::duration<double, std::milli> move = told - left;
  std::printf("the others were told after %.0f ms\n", move.count());
}

// The others hear of it by their next heartbeat. The best of some, for machines are busy.
TEST(KafkaGroup, TellsTheOthersSoonThatAMemberHasLeft) {
  const KafkaGroupOptions options = NewGroup(4);
  Member ann(options, "ann");
  Clock::duration best = kSoon;
  for (int i = 0; i < 4; ++i) {
    Member bob(options, "bob");
    bob.Await({2, 3});
    ann.Await({0, 1});
    const auto left = Clock::now();
    bob.group().Leave(Duration::Seconds(20));
    best = std::min<Clock::duration>(best, ann.Await({0, 1, 2, 3}) - left);
  }
  EXPECT_LT(best, std::chrono::milliseconds(300)) << "three heartbeats";
}

TEST(KafkaGroup, IsLeftAtOnceByTheLast) {
  Member ann(NewGroup(2), "ann");
  ann.Await({0, 1});
  const auto left = Clock::now();
  ann.group().Leave(Duration::Seconds(60));
  EXPECT_LT(Clock::now() - left, std::chrono::seconds(2));
}

TEST(KafkaGroup, GoesOnWithoutOneThatHangsAndTakesItBack) {
  const KafkaGroupOptions options = NewGroup(4);
  Member ann(options, "ann");
  Member bob(options, "bob");
  ann.Await({0, 1});
  bob.Await({2, 3});
  bob.Hang();
  ann.Await({0, 1, 2, 3});
  bob.GoOn();
  bob.AwaitLoss();
  bob.Await({2, 3});
  ann.Await({0, 1});
  EXPECT_EQ(ann.lost(), 0);
}

TEST(KafkaGroup, KnowsItsMembers) {
  const KafkaGroupOptions options = NewGroup(2);
  Member ann(options, "ann");
  ann.Await({0, 1});
  Member bob(options, "bob");
  bob.Await({1});
  EXPECT_THAT(ann.group().AskMembers(), Optional(UnorderedElementsAre("ann", "bob")));
  EXPECT_TRUE(ann.group().CheckName());
}

TEST(KafkaGroup, IsRefusedToASecondNodeOfOneName) {
  KafkaGroupOptions options = NewGroup(2);
  Member ann(options, "ann");
  ann.Await({0, 1});
  options.member = "ann";
  const auto other = KafkaGroup::Join(options, {});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, LedgerFault::kInUse);
  EXPECT_THAT(ToText(other.error()), HasSubstr("another node of the ledger says that it is reached "
                                               "at ann: name an address of its own for each"));
  EXPECT_EQ(ann.lost(), 0);
}

// As one that was killed, and starts again where it was.
TEST(KafkaGroup, IsJoinedUnderTheNameOfOneThatIsGone) {
  const KafkaGroupOptions options = NewGroup(2);
  Member dead(options, "ann");
  dead.Await({0, 1});
  dead.Hang();
  Member ann(options, "ann");
  ann.Await({0, 1});
}

TEST(KafkaGroup, IsRefusedOnATopicOfAnotherPartitionCount) {
  KafkaGroupOptions options = NewGroup(4);
  { const Member ann(options, "ann"); }
  options.kafka.partition_count = 8;
  const auto group = KafkaGroup::Join(options, {});
  ASSERT_FALSE(group);
  EXPECT_THAT(ToText(group.error()), HasSubstr("partitions: expected 8, found 4"));
}

TEST(KafkaGroup, HasTheNameOfItsLedger) {
  KafkaOptions ledger;
  EXPECT_EQ(GroupOptionsOf(ledger).kafka.topic, "dialtone.owners.v1");
  ledger.topic = "numbers";
  EXPECT_EQ(GroupOptionsOf(ledger).kafka.topic, "numbers.owners");
}

}  // namespace
}  // namespace dialtone::engine
