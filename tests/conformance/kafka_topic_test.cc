// What a topic must be, and which offsets can be places: the rules of the ledger on Kafka that need
// no broker.
#include "controlplane/engine/ledger/kafka_topic.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_appender.h"
#include "controlplane/engine/ledger/kafka_stats.h"

namespace dialtone::engine {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class CheckTopicTest : public testing::Test {
 protected:
  CheckTopicTest() {
    options_.partition_count = 4;
    options_.tell = [this](std::string_view text) { told_.emplace_back(text); };
  }
  LedgerExpected<void> Check() { return CheckTopic(options_, shape_, settings_); }
  // The error's text, or nothing.
  std::string Refusal() {
    const auto checked = Check();
    return checked ? "" : ToText(checked.error());
  }

  KafkaOptions options_;
  TopicShape shape_{4, 3};
  TopicSettings settings_ = {{"cleanup.policy", "delete"},
                             {"retention.ms", "-1"},
                             {"retention.bytes", "-1"},
                             {"message.timestamp.type", "CreateTime"},
                             {"unclean.leader.election.enable", "false"},
                             {"compression.type", "producer"},
                             {"max.message.bytes", "1000000"},
                             {"min.insync.replicas", "2"}};
  std::vector<std::string> told_;
};

TEST_F(CheckTopicTest, PassesWhatKeepsEverything) {
  EXPECT_EQ(Refusal(), "");
  EXPECT_THAT(told_, IsEmpty());
}

TEST_F(CheckTopicTest, NamesTheSettingWhatIsWantedAndWhatIsThere) {
  settings_["cleanup.policy"] = "compact";
  const auto checked = Check();
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().fault, LedgerFault::kMisconfigured);
  EXPECT_EQ(
      ToText(checked.error()),
      "topic dialtone.ledger.v1: cleanup.policy: expected delete, found compact; change it with "
      "kafka-configs.sh --alter --topic dialtone.ledger.v1");
}

TEST_F(CheckTopicTest, RefusesEachSettingThatLosesForksOrRefusesHistory) {
  const TopicSettings wrong = {{"cleanup.policy", "delete,compact"},
                               {"retention.ms", "604800000"},
                               {"retention.bytes", "1073741824"},
                               {"message.timestamp.type", "LogAppendTime"},
                               {"unclean.leader.election.enable", "true"},
                               {"compression.type", "gzip"},
                               {"max.message.bytes", "999999"},
                               {"min.insync.replicas", "1"}};
  EXPECT_EQ(wrong.size(), settings_.size()) << "every setting that is looked at";
  const TopicSettings right = settings_;
  for (const auto& [name, value] : wrong) {
    settings_ = right;
    settings_[name] = value;
    EXPECT_THAT(Refusal(), HasSubstr(name + ": expected "));
    settings_.erase(name);
    EXPECT_THAT(Refusal(), HasSubstr(name + ": expected ")) << "and when it is not told";
  }
}

TEST_F(CheckTopicTest, RefusesAnotherPartitionCountAlways) {
  options_.kind = KafkaBrokers::kDevelopment;
  shape_.partitions = 8;
  EXPECT_THAT(Refusal(), HasSubstr("partitions: expected 4, found 8; say --partitions 8"));
}

TEST_F(CheckTopicTest, RefusesFewReplicas) {
  shape_.replicas = 2;
  EXPECT_THAT(Refusal(), HasSubstr("replicas: expected 3 or more, found 2; a single broker passes "
                                   "with --kafka development"));
}

TEST_F(CheckTopicTest, PassesADevelopmentBrokerAndSaysSo) {
  options_.kind = KafkaBrokers::kDevelopment;
  shape_.replicas = 1;
  settings_["min.insync.replicas"] = "1";
  EXPECT_EQ(Refusal(), "");
  ASSERT_THAT(told_, SizeIs(2));
  EXPECT_THAT(told_[0], HasSubstr("for development"));
  EXPECT_THAT(told_[0], HasSubstr("replicas: expected 3 or more, found 1"));
  EXPECT_THAT(told_[1], HasSubstr("min.insync.replicas: expected 2 or more, found 1"));
}

TEST_F(CheckTopicTest, RefusesToLoseHistoryInDevelopmentToo) {
  options_.kind = KafkaBrokers::kDevelopment;
  settings_["retention.ms"] = "1000";
  EXPECT_THAT(Refusal(), HasSubstr("retention.ms"));
}

TEST(PlausibleOffsetsTest, AreThoseBehindTheEndAndBehindEachOther) {
  PlausibleOffsets offsets(5);
  EXPECT_FALSE(offsets.Take(4));
  EXPECT_TRUE(offsets.Take(6));
  EXPECT_TRUE(offsets.Take(7));
  EXPECT_FALSE(offsets.Take(7));
  EXPECT_TRUE(offsets.Take(12));
  EXPECT_FALSE(offsets.Take(8));
}

// A batch of a false success is told as -1, 0, 1, …: that may reach the very offset that comes
// next.
TEST(PlausibleOffsetsTest, AreNotThoseOfAFalseSuccess) {
  PlausibleOffsets offsets(1);
  EXPECT_FALSE(offsets.Take(-1));
  EXPECT_FALSE(offsets.Take(0));
  EXPECT_FALSE(offsets.Take(1));
  EXPECT_FALSE(offsets.Take(2));
  EXPECT_TRUE(offsets.Take(1));
}

TEST(KafkaStatsTest, ComeFromWhatLibrdkafkaWrites) {
  KafkaStats stats;
  stats.producers_replaced = 7;
  TakeStatistics(
      R"({"msg_cnt":3,"brokers":{
          "127.0.0.1:9092/1":{"nodeid":1,"state":"UP","rtt":{"p50":900,"p99":2100},
             "req_timeouts":2,"txretries":4},
          "127.0.0.1:9092/bootstrap":{"nodeid":-1,"state":"UP"}}})",
      stats);
  EXPECT_EQ(stats.messages_waiting, 3u);
  EXPECT_EQ(stats.producers_replaced, 7u);
  ASSERT_THAT(stats.brokers, SizeIs(1));
  EXPECT_EQ(stats.brokers[0].state, "UP");
  EXPECT_EQ(stats.brokers[0].round_trip_p99, Duration::Micros(2'100));
  EXPECT_EQ(stats.requests_timed_out, 2u);
  EXPECT_EQ(stats.requests_sent_again, 4u);
}

TEST(KafkaStatsTest, CountRequestsOverBrokersAndProducers) {
  KafkaStats stats;
  TakeStatistics(R"({"brokers":{"a":{"nodeid":1,"req_timeouts":2,"txretries":4},
                                "b":{"nodeid":2,"req_timeouts":1,"txretries":0}}})",
                 stats);
  TakeStatistics(R"({"brokers":{"a":{"nodeid":1,"req_timeouts":2,"txretries":5},
                                "b":{"nodeid":2,"req_timeouts":3,"txretries":0}}})",
                 stats);
  EXPECT_EQ(stats.requests_timed_out, 5u);
  EXPECT_EQ(stats.requests_sent_again, 5u);
  // Another producer begins at zero.
  TakeStatistics(R"({"brokers":{"a":{"nodeid":1,"req_timeouts":1,"txretries":0}}})", stats);
  EXPECT_EQ(stats.requests_timed_out, 6u);
  EXPECT_EQ(stats.requests_sent_again, 5u);
}

TEST(KafkaStatsTest, StayWhenThereIsNothingToRead) {
  KafkaStats stats;
  stats.messages_waiting = 9;
  TakeStatistics("not JSON", stats);
  EXPECT_EQ(stats.messages_waiting, 9u);
}

}  // namespace
}  // namespace dialtone::engine
