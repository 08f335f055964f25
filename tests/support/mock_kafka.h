// A Kafka of librdkafka's own, in this process: quick, and wrong whenever a test wants it. It keeps
// 5 MB a partition, tells no settings of topics, and stores what is sent again a second time.
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

class MockKafka {
 public:
  explicit MockKafka(std::uint32_t partition_count) : partition_count_(partition_count) {
    std::array<char, 512> why{};
    KafkaConf conf(rd_kafka_conf_new());
    rd_kafka_conf_set(conf.get(), "log_level", "3", why.data(), why.size());
    client_.reset(rd_kafka_new(RD_KAFKA_PRODUCER, conf.release(), why.data(), why.size()));
    DIALTONE_CHECK(client_ != nullptr, why.data());
    cluster_ = rd_kafka_mock_cluster_new(client_.get(), 1);
    MakeTopic(options().topic, partition_count);
  }
  ~MockKafka() { rd_kafka_mock_cluster_destroy(cluster_); }
  MockKafka(const MockKafka&) = delete;
  MockKafka& operator=(const MockKafka&) = delete;

  KafkaOptions options() const {
    KafkaOptions options;
    options.brokers = rd_kafka_mock_cluster_bootstraps(cluster_);
    options.partition_count = partition_count_;
    options.kind = KafkaBrokers::kDevelopment;
    options.open_timeout = Duration::Seconds(3);
    options.settings = {{"fetch.wait.max.ms", "5"}};  // the mock always waits that long
    return options;
  }

  void MakeTopic(const std::string& topic, std::uint32_t partition_count) {
    rd_kafka_mock_topic_create(cluster_, topic.c_str(), static_cast<int>(partition_count), 1);
  }

  // Whoever asks is told that there is no such topic.
  void Deny(const std::string& topic) {
    rd_kafka_mock_topic_set_error(cluster_, topic.c_str(), RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
  }

  // The next appends are answered so, and not stored.
  void AnswerAppends(const std::vector<rd_kafka_resp_err_t>& errors) {
    rd_kafka_mock_push_request_errors_array(cluster_, kProduce, errors.size(), errors.data());
  }
  // The next append is stored, and answered so late.
  void AnswerAppendLate(int millis) {
    rd_kafka_mock_broker_push_request_error_rtts(cluster_, kBroker, kProduce, 1,
                                                 RD_KAFKA_RESP_ERR_NO_ERROR, millis);
  }
  // The next reading is answered so.
  void AnswerFetches(std::size_t count, rd_kafka_resp_err_t error) {
    const std::vector<rd_kafka_resp_err_t> errors(count, error);
    rd_kafka_mock_push_request_errors_array(cluster_, kFetch, count, errors.data());
  }
  void AnswerFetch(rd_kafka_resp_err_t error) { AnswerFetches(1, error); }
  // The next heartbeat of a group's member is answered so.
  void AnswerHeartbeat(rd_kafka_resp_err_t error) {
    rd_kafka_mock_push_request_errors_array(cluster_, kHeartbeat, 1, &error);
  }
  // So many attempts to join a group are, unless `AnswerJoinsAgain` comes before.
  void AnswerJoins(std::size_t count, rd_kafka_resp_err_t error) {
    const std::vector<rd_kafka_resp_err_t> errors(count, error);
    rd_kafka_mock_push_request_errors_array(cluster_, kJoinGroup, count, errors.data());
  }
  void AnswerJoinsAgain() { rd_kafka_mock_clear_request_errors(cluster_, kJoinGroup); }
  void GoDown() { rd_kafka_mock_broker_set_down(cluster_, kBroker); }
  void ComeUp() { rd_kafka_mock_broker_set_up(cluster_, kBroker); }

 private:
  static constexpr std::int16_t kProduce = 0;  // the request's number in Kafka's protocol
  static constexpr std::int16_t kFetch = 1;
  static constexpr std::int16_t kJoinGroup = 11;
  static constexpr std::int16_t kHeartbeat = 12;
  static constexpr std::int32_t kBroker = 1;

  const std::uint32_t partition_count_;
  KafkaHandle client_;
  rd_kafka_mock_cluster_t* cluster_ = nullptr;
};

}  // namespace dialtone::engine
