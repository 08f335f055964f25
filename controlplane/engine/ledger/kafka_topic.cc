#include "controlplane/engine/ledger/kafka_topic.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>

namespace dialtone::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::uint32_t kReplicas = 3;
constexpr std::uint32_t kInSync = 2;
// Of one append's request: as large as producers make it. Topics are made with Kafka's own default.
constexpr std::uint32_t kMessageBytes = 1'000'000;
constexpr char kMessageBytesName[] = "max.message.bytes";
constexpr char kMessageBytesMade[] = "1048588";
constexpr std::chrono::milliseconds kPause{50};  // between two questions to brokers

// One of the questions that opening a ledger takes.
Duration AnswerMax(const KafkaOptions& options) {
  return Duration::Micros(options.open_timeout.micros() / 10);
}

constexpr char kSingleBroker[] = "a single broker passes with --kafka development";

tl::unexpected<LedgerError> Misconfigured(const KafkaOptions& options, std::string_view setting,
                                          std::string wanted, std::string found,
                                          std::string remedy) {
  return tl::unexpected(LedgerError{LedgerFault::kMisconfigured, std::nullopt,
                                    "topic " + options.topic + ": " + std::string(setting),
                                    std::move(wanted), std::move(found), std::move(remedy)});
}

tl::unexpected<LedgerError> MisconfiguredSetting(const KafkaOptions& options,
                                                 std::string_view setting, std::string wanted,
                                                 std::string found) {
  return Misconfigured(options, setting, std::move(wanted), std::move(found),
                       "change it with kafka-configs.sh --alter --topic " + options.topic);
}

// The topic of the keys has one, whatever is said.
tl::unexpected<LedgerError> OtherPartitions(const KafkaOptions& options, std::uint32_t found) {
  const std::string remedy =
      options.partition_count == 1 ? "" : "say --partitions " + std::to_string(found);
  return Misconfigured(options, "partitions", std::to_string(options.partition_count),
                       std::to_string(found), remedy);
}

// Told, if a development broker may be so.
LedgerExpected<void> Relaxed(const KafkaOptions& options, LedgerExpected<void> checked) {
  if (checked || options.kind == KafkaBrokers::kReplicated) return checked;
  checked.error().remedy.clear();
  options.tell("passed, because the brokers are for development: " + ToText(checked.error()));
  return {};
}

std::string Found(const TopicSettings& settings, std::string_view name) {
  const auto setting = settings.find(std::string(name));
  return setting == settings.end() ? "nothing" : setting->second;
}

LedgerExpected<void> CheckReplicas(const KafkaOptions& options, std::uint32_t replicas) {
  if (replicas >= kReplicas) return {};
  return Misconfigured(options, "replicas", std::to_string(kReplicas) + " or more",
                       std::to_string(replicas), kSingleBroker);
}

LedgerExpected<void> CheckAtLeast(const KafkaOptions& options, const TopicSettings& settings,
                                  std::string_view name, std::uint32_t wanted) {
  const std::string found = Found(settings, name);
  if (std::strtoul(found.c_str(), nullptr, 10) >= wanted) return {};
  return MisconfiguredSetting(options, name, std::to_string(wanted) + " or more", found);
}

KafkaEvent Await(rd_kafka_queue_t& queue, Duration timeout) {
  return KafkaEvent(rd_kafka_queue_poll(&queue, Millis(timeout)));
}

tl::expected<TopicSettings, rd_kafka_resp_err_t> AskSettings(rd_kafka_t& client,
                                                             const KafkaOptions& options) {
  const KafkaQueue answers(rd_kafka_queue_new(&client));
  const KafkaConfigResource resource(
      rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, options.topic.c_str()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  const KafkaAdminOptions how(
      rd_kafka_AdminOptions_new(&client, RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
  std::array<char, 128> ignored{};
  rd_kafka_AdminOptions_set_request_timeout(how.get(), Millis(AnswerMax(options)), ignored.data(),
                                            ignored.size());
  rd_kafka_DescribeConfigs(&client, &asked, 1, how.get(), answers.get());
  const KafkaEvent event = Await(*answers, AnswerMax(options) * 2);
  if (!event) return tl::unexpected(RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(error);
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** const found = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event.get()), &count);
  if (count != 1) return tl::unexpected(RD_KAFKA_RESP_ERR__BAD_MSG);
  if (const auto error = rd_kafka_ConfigResource_error(found[0]);
      error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(error);
  TopicSettings settings;
  const rd_kafka_ConfigEntry_t** const entries = rd_kafka_ConfigResource_configs(found[0], &count);
  for (std::size_t i = 0; i < count; ++i) {
    const char* const value = rd_kafka_ConfigEntry_value(entries[i]);
    settings[rd_kafka_ConfigEntry_name(entries[i])] = value == nullptr ? "" : value;
  }
  return settings;
}

// Another node may have made it a moment before: that is as good.
LedgerExpected<void> MakeTopic(rd_kafka_t& client, const KafkaOptions& options,
                               const WantedSettings& wanted, std::uint32_t replicas) {
  std::array<char, 512> why{};
  const KafkaNewTopic topic(
      rd_kafka_NewTopic_new(options.topic.c_str(), static_cast<int>(options.partition_count),
                            static_cast<int>(replicas), why.data(), why.size()));
  if (!topic) return Refuse(LedgerFault::kMisconfigured, why.data());
  for (const auto& [name, value] : wanted)
    rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
  rd_kafka_NewTopic_set_config(topic.get(), kMessageBytesName, kMessageBytesMade);
  const std::string in_sync = std::to_string(replicas >= kReplicas ? kInSync : 1);
  rd_kafka_NewTopic_set_config(topic.get(), "min.insync.replicas", in_sync.c_str());
  const KafkaQueue answers(rd_kafka_queue_new(&client));
  rd_kafka_NewTopic_t* made = topic.get();
  rd_kafka_CreateTopics(&client, &made, 1, nullptr, answers.get());
  const KafkaEvent event = Await(*answers, options.open_timeout);
  if (!event) return Unreachable(options, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (const auto error = rd_kafka_event_error(event.get()); error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Unreachable(options, error);
  std::size_t count = 0;
  const rd_kafka_topic_result_t** const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  const rd_kafka_resp_err_t error =
      count == 1 ? rd_kafka_topic_result_error(results[0]) : RD_KAFKA_RESP_ERR__BAD_MSG;
  if (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS)
    return {};
  const char* const text = count == 1 ? rd_kafka_topic_result_error_string(results[0]) : nullptr;
  auto refused = Refuse(
      LedgerFault::kMisconfigured,
      "topic " + options.topic + " cannot be made: " + (text ? text : rd_kafka_err2str(error)));
  if (error == RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR) refused.value().remedy = kSingleBroker;
  return refused;
}

// None: not there. The shape counts partitions that have a leader.
std::optional<TopicShape> ShapeOf(const rd_kafka_metadata_topic_t& topic) {
  if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return std::nullopt;
  TopicShape shape;
  for (int i = 0; i < topic.partition_cnt; ++i) {
    const rd_kafka_metadata_partition_t& partition = topic.partitions[i];
    const auto replicas = static_cast<std::uint32_t>(partition.replica_cnt);
    if (partition.leader < 0) continue;
    shape.replicas = shape.partitions == 0 ? replicas : std::min(shape.replicas, replicas);
    ++shape.partitions;
  }
  return shape;
}

bool HasLeaders(const rd_kafka_metadata_topic_t& topic) {
  const auto shape = ShapeOf(topic);
  return shape && topic.partition_cnt > 0 &&
         shape->partitions == static_cast<std::uint32_t>(topic.partition_cnt);
}

// None: a broker was asked that has not heard of the topic yet.
std::optional<LedgerExpected<void>> CheckFound(rd_kafka_t& client, const KafkaOptions& options,
                                               const TopicShape& shape,
                                               const WantedSettings& wanted) {
  const auto settings = AskSettings(client, options);
  if (settings) return CheckTopic(options, shape, *settings, wanted);
  if (settings.error() == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) return std::nullopt;
  if (auto passed = Relaxed(options, Unreachable(options, settings.error())); !passed)
    return passed;
  TopicSettings assumed(wanted.begin(), wanted.end());
  assumed.emplace(kMessageBytesName, kMessageBytesMade);
  return CheckTopic(options, shape, assumed, wanted);
}

}  // namespace

WantedSettings LedgerTopicSettings() {
  return {{"cleanup.policy", "delete"},
          {"retention.ms", "-1"},
          {"retention.bytes", "-1"},
          {"message.timestamp.type", "CreateTime"},
          {"unclean.leader.election.enable", "false"},
          {"compression.type", "producer"}};
}

LedgerExpected<void> CheckTopic(const KafkaOptions& options, const TopicShape& shape,
                                const TopicSettings& settings, const WantedSettings& wanted) {
  if (shape.partitions != options.partition_count)
    return OtherPartitions(options, shape.partitions);
  for (const auto& [name, value] : wanted) {
    const std::string found = Found(settings, name);
    if (found != value) return MisconfiguredSetting(options, name, value, found);
  }
  if (auto fits = CheckAtLeast(options, settings, kMessageBytesName, kMessageBytes); !fits)
    return fits;
  if (auto checked = Relaxed(options, CheckReplicas(options, shape.replicas)); !checked)
    return checked;
  return Relaxed(options, CheckAtLeast(options, settings, "min.insync.replicas", kInSync));
}

LedgerExpected<void> EnsureTopic(const KafkaClient& client, const KafkaOptions& options,
                                 const WantedSettings& wanted, IfAbsent if_absent) {
  const auto deadline = Clock::now() + std::chrono::microseconds(options.open_timeout.micros());
  bool made = false;
  while (true) {
    const auto metadata = AskMetadata(client, AnswerMax(options));
    const bool answered = metadata && (*metadata)->topic_cnt == 1;
    if (answered && HasLeaders((*metadata)->topics[0])) {
      const TopicShape shape = *ShapeOf((*metadata)->topics[0]);
      if (auto checked = CheckFound(*client.handle, options, shape, wanted)) return *checked;
    }
    const bool is_absent = answered && !made && !ShapeOf((*metadata)->topics[0]);
    if (is_absent && if_absent == IfAbsent::kMake) {
      const auto brokers = static_cast<std::uint32_t>((*metadata)->broker_cnt);
      const bool few = options.kind == KafkaBrokers::kDevelopment && brokers < kReplicas;
      if (auto done = MakeTopic(*client.handle, options, wanted, few ? brokers : kReplicas); !done)
        return done;
      made = true;
    }
    if (Clock::now() > deadline) {
      if (is_absent) {
        return Refuse(LedgerFault::kForeign,
                      "topic " + options.topic + " is not there, but was: bring it back");
      }
      return answered ? Unreachable(options, RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE)
                      : Unreachable(options, RD_KAFKA_RESP_ERR__TIMED_OUT);
    }
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace dialtone::engine
