#include "tests/kafka/cluster/two_nodes.h"

#include <gtest/gtest.h>

#include <chrono>
#include <thread>

namespace dialtone::testing {

namespace {

constexpr char kMasterKey[] = "master.key";
constexpr std::chrono::seconds kSoon{60};

std::string KindOf(const engine::KafkaOptions& topic) {
  return topic.kind == engine::KafkaBrokers::kDevelopment ? "development" : "replicated";
}

}  // namespace

TwoNodes::TwoNodes(const engine::Brokers& brokers) : topic_(brokers.NewTopic(kPartitions)) {}

std::filesystem::path TwoNodes::DataOf(int node) const {
  return folder_.path() / ("node-" + std::to_string(node));
}

void TwoNodes::Start(int node) {
  const auto key = DataOf(1 - node) / kMasterKey;
  if (std::filesystem::exists(key) && !std::filesystem::exists(DataOf(node) / kMasterKey)) {
    std::filesystem::create_directories(DataOf(node));
    std::filesystem::copy_file(key, DataOf(node) / kMasterKey);
  }
  processes_[At(node)].reset();
  processes_[At(node)].emplace(
      DataOf(node),
      std::vector<std::string>{"--ledger=kafka://" + topic_.brokers + "/" + topic_.topic,
                               "--kafka=" + KindOf(topic_),
                               "--kafka-session-timeout=" + std::to_string(kSessionSeconds),
                               "--partitions=" + std::to_string(kPartitions)});
  callers_[At(node)] = std::make_shared<Caller>(processes_[At(node)]->address());
}

void TwoNodes::Kill(int node) { processes_[At(node)]->Kill(); }

int TwoNodes::AwaitEnd(int node) { return processes_[At(node)]->Stop(); }

std::vector<std::uint32_t> TwoNodes::Owned(int node) const {
  const auto listed =
      caller(node)->Call<admin::v1::ListPartitionsResponse>(admin::v1::ListPartitionsRequest());
  std::vector<std::uint32_t> owned;
  if (!listed) return owned;
  for (const auto& partition : listed->partitions()) {
    if (partition.role() == admin::v1::Partition::ROLE_OWNER)
      owned.push_back(partition.partition());
  }
  return owned;
}

void TwoNodes::AwaitOwned(int node, std::size_t count) const {
  const auto deadline = std::chrono::steady_clock::now() + kSoon;
  std::size_t owned = Owned(node).size();
  while (owned != count && std::chrono::steady_clock::now() < deadline) owned = Owned(node).size();
  EXPECT_EQ(owned, count) << "partitions of node " << node;
}

}  // namespace dialtone::testing
