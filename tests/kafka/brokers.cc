#include "tests/kafka/brokers.h"

#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

using Clock = std::chrono::steady_clock;

constexpr int kEndMillisMax = 60'000;
constexpr std::chrono::seconds kSoon{60};
constexpr Duration kAnswerMax = Duration::Seconds(2);

bool IsInSync(const rd_kafka_metadata_topic_t& topic) {
  return std::all_of(topic.partitions, topic.partitions + topic.partition_cnt,
                     [](const rd_kafka_metadata_partition_t& partition) {
                       return partition.leader > 0 && partition.isr_cnt == partition.replica_cnt;
                     });
}

// Of every topic that the brokers have.
bool IsInSync(rd_kafka_t& client) {
  const rd_kafka_metadata_t* answer = nullptr;
  if (rd_kafka_metadata(&client, 1, nullptr, &answer, Millis(kAnswerMax)) != 0) return false;
  const KafkaMetadata metadata(answer);
  return std::all_of(metadata->topics, metadata->topics + metadata->topic_cnt,
                     [](const auto& topic) { return IsInSync(topic); });
}

}  // namespace

const Brokers& Brokers::One() {
  static const Brokers brokers(1);
  return brokers;
}

const Brokers& Brokers::Three() {
  static const Brokers brokers(3);
  return brokers;
}

// A run that was cut off may have left brokers: they end first.
Brokers::Brokers(int count)
    : count_(count), folder_(DIALTONE_KAFKA_FOLDER "/brokers-" + std::to_string(count)) {
  if (std::filesystem::exists(folder_ + "/cluster.json")) Run("stop");
  std::filesystem::remove_all(folder_);
  const std::string line = Run("start --brokers " + std::to_string(count_));
  const auto told = nlohmann::json::parse(line, nullptr, false);
  DIALTONE_CHECK(told.is_object(), "deploy/kafka/kafka start says: " + line);
  bootstrap_ = told["bootstrap"].get<std::string>();
}

Brokers::~Brokers() { Run("stop"); }

std::string Brokers::Run(const std::string& verb) const {
  const std::string command = DIALTONE_KAFKA_SCRIPT " " + verb + " --data '" + folder_ + "'";
  FILE* const output = popen(command.c_str(), "r");
  DIALTONE_CHECK(output != nullptr, command);
  std::string text;
  for (int byte = fgetc(output); byte != EOF; byte = fgetc(output))
    text.push_back(static_cast<char>(byte));
  const int status = pclose(output);
  DIALTONE_CHECK(status == 0, command + " ended with " + std::to_string(status));
  return text;
}

pid_t Brokers::ProcessOf(int broker) const {
  const auto told = nlohmann::json::parse(Run("status"), nullptr, false);
  const auto process = told["brokers"][static_cast<std::size_t>(broker)];
  DIALTONE_CHECK(process["runs"].get<bool>(), "broker " + std::to_string(broker) + " is dead");
  return process["pid"].get<pid_t>();
}

void Brokers::Signal(int broker, int signal) const {
  DIALTONE_CHECK(kill(ProcessOf(broker), signal) == 0, "a signal to a broker");
}

// The process is no child of this one: it is watched by a descriptor.
void Brokers::End(int broker, int signal) const {
  const pid_t process = ProcessOf(broker);
  pollfd ended{static_cast<int>(syscall(SYS_pidfd_open, process, 0)), POLLIN, 0};
  DIALTONE_CHECK(ended.fd >= 0 && kill(process, signal) == 0, "a signal to a broker");
  const int count = poll(&ended, 1, kEndMillisMax);
  close(ended.fd);
  DIALTONE_CHECK(count == 1, "broker " + std::to_string(broker) + " does not end");
}

int Brokers::LeaderOf(const KafkaOptions& options, std::uint32_t partition) const {
  const auto client = OpenKafka(options, KafkaRole::kHistory);
  DIALTONE_CHECK(client, ToText(client.error()));
  const auto deadline = Clock::now() + kSoon;
  while (Clock::now() < deadline) {
    const auto metadata = AskMetadata(*client, kAnswerMax);
    if (!metadata || (*metadata)->topic_cnt != 1) continue;
    const rd_kafka_metadata_topic_t& found = (*metadata)->topics[0];
    if (static_cast<int>(partition) >= found.partition_cnt) continue;
    const int leader = found.partitions[partition].leader;
    if (leader > 0) return leader - 1;
  }
  DIALTONE_CHECK(false, "partition " + std::to_string(partition) + " is led by nobody");
}

void Brokers::AwaitInSync() const {
  const auto client = OpenKafka(ClientOptions(), KafkaRole::kHistory);
  DIALTONE_CHECK(client, ToText(client.error()));
  const auto deadline = Clock::now() + kSoon;
  while (!IsInSync(*client->handle))
    DIALTONE_CHECK(Clock::now() < deadline, "brokers are not in sync");
}

KafkaOptions Brokers::ClientOptions() const {
  KafkaOptions options;
  options.brokers = bootstrap_;
  return options;
}

KafkaOptions Brokers::NewTopic(std::uint32_t partition_count) const {
  static std::atomic<int> topics{0};
  KafkaOptions options = ClientOptions();
  options.topic = "ledger-" + std::to_string(topics++);
  options.partition_count = partition_count;
  options.kind = count_ == 1 ? KafkaBrokers::kDevelopment : KafkaBrokers::kReplicated;
  return options;
}

void Brokers::Make(const KafkaOptions& options,
                   const std::map<std::string, std::string>& settings) const {
  const auto client = OpenKafka(options, KafkaRole::kHistory);
  DIALTONE_CHECK(client, ToText(client.error()));
  std::array<char, 512> why{};
  const KafkaNewTopic topic(rd_kafka_NewTopic_new(options.topic.c_str(),
                                                  static_cast<int>(options.partition_count), count_,
                                                  why.data(), why.size()));
  DIALTONE_CHECK(topic != nullptr, why.data());
  for (const auto& [name, value] : settings)
    rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
  const KafkaQueue answers(rd_kafka_queue_new(client->handle.get()));
  rd_kafka_NewTopic_t* made = topic.get();
  rd_kafka_CreateTopics(client->handle.get(), &made, 1, nullptr, answers.get());
  const KafkaEvent event(rd_kafka_queue_poll(answers.get(), 30'000));
  std::size_t count = 0;
  const auto* const results =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event.get()), &count);
  DIALTONE_CHECK(count == 1 && rd_kafka_topic_result_error(results[0]) == 0,
                 "topic " + options.topic + " cannot be made");
}

void Brokers::Delete(const KafkaOptions& options) const {
  const auto client = OpenKafka(options, KafkaRole::kHistory);
  DIALTONE_CHECK(client, ToText(client.error()));
  const KafkaQueue answers(rd_kafka_queue_new(client->handle.get()));
  rd_kafka_DeleteTopic_t* topic = rd_kafka_DeleteTopic_new(options.topic.c_str());
  rd_kafka_DeleteTopics(client->handle.get(), &topic, 1, nullptr, answers.get());
  rd_kafka_DeleteTopic_destroy(topic);
  const KafkaEvent event(rd_kafka_queue_poll(answers.get(), 30'000));
  DIALTONE_CHECK(event && rd_kafka_event_error(event.get()) == 0,
                 "topic " + options.topic + " cannot be deleted");
}

}  // namespace dialtone::engine
