// What a member of a group is told when the group cannot be reached in the middle of a change. On
// librdkafka's mock cluster.
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <vector>

#include "controlplane/engine/ledger/kafka_group.h"
#include "controlplane/kernel/check.h"
#include "tests/support/mock_kafka.h"

namespace dialtone::engine {
namespace {

constexpr std::uint32_t kPartitions = 2;
constexpr std::chrono::seconds kSoon{60};

class KafkaGroupAwayTest : public ::testing::Test {
 protected:
  KafkaGroupAwayTest() {
    KafkaGroupOptions options = GroupOptionsOf(kafka_.options());
    options.member = "ann";
    options.session_timeout = Duration::Seconds(4);  // the mock takes 3 s for a join
    kafka_.MakeTopic(options.kafka.topic, kPartitions);
    auto group = KafkaGroup::Join(
        options,
        {[] { return true; }, [this](const auto&) { Count(assigned_); }, [this] { Count(lost_); }});
    DIALTONE_CHECK(group, ToText(group.error()));
    group_ = std::move(*group);
  }
  ~KafkaGroupAwayTest() override { group_.reset(); }

  void Count(int& count) {
    const std::lock_guard lock(mutex_);
    ++count;
    told_.notify_all();
  }
  bool Await(const int& count, int wanted) {
    std::unique_lock lock(mutex_);
    return told_.wait_for(lock, kSoon, [&] { return count >= wanted; });
  }

  MockKafka kafka_{kPartitions};
  std::mutex mutex_;
  std::condition_variable told_;
  int assigned_ = 0;
  int lost_ = 0;
  std::unique_ptr<KafkaGroup> group_;
};

TEST_F(KafkaGroupAwayTest, WhoIsRevokedAndCannotJoinAgainHasLost) {
  ASSERT_TRUE(Await(assigned_, 1));
  kafka_.AnswerJoins(100'000, RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE);
  kafka_.AnswerHeartbeat(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS);
  ASSERT_TRUE(Await(lost_, 1));
  kafka_.AnswerJoinsAgain();
  ASSERT_TRUE(Await(assigned_, 2));
  EXPECT_EQ(lost_, 1) << "told once";
}

TEST_F(KafkaGroupAwayTest, WhoIsRevokedAndAssignedAgainHasLostNothing) {
  ASSERT_TRUE(Await(assigned_, 1));
  kafka_.AnswerHeartbeat(RD_KAFKA_RESP_ERR_REBALANCE_IN_PROGRESS);
  ASSERT_TRUE(Await(assigned_, 2));
  EXPECT_EQ(lost_, 0);
}

}  // namespace
}  // namespace dialtone::engine
