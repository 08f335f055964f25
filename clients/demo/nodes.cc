#include "clients/demo/nodes.h"

#include <unistd.h>

#include <utility>

namespace dialtone::clients::demo {

namespace {

constexpr std::size_t kNodesOnKafka = 2;
constexpr char kAnyPort[] = "127.0.0.1:0";
constexpr char kSharedKey[] = "master.key";
// Seconds, after which a node that was killed has lost what it owned.
constexpr char kSessionTimeout[] = "2";

}  // namespace

Nodes::Nodes(std::filesystem::path data, std::string brokers)
    : data_(std::move(data)),
      brokers_(std::move(brokers)),
      topic_("dialtone.demo." + std::to_string(getpid())),
      processes_(is_on_kafka() ? kNodesOnKafka : 1) {}

std::filesystem::path Nodes::FolderOf(std::size_t node) const {
  return is_on_kafka() ? data_ / ("node-" + std::to_string(node + 1)) : data_;
}

// On ports that are free, with a clock that can be moved.
std::vector<std::string> Nodes::FlagsOf(std::size_t node) const {
  std::vector<std::string> flags = {"--listen", kAnyPort,   "--http",
                                    kAnyPort,   "--data",   FolderOf(node).string(),
                                    "--clock",  "simulated"};
  if (!is_on_kafka()) return flags;
  flags.insert(flags.end(),
               {"--ledger", "kafka://" + brokers_ + "/" + topic_, "--kafka", "development",
                "--partitions", "8", "--kafka-session-timeout", kSessionTimeout});
  return flags;
}

// The nodes of a ledger share a master key: the first makes it, and whoever sets up another takes
// it there.
tl::expected<void, std::string> Nodes::Start() {
  for (std::size_t node = 0; node < processes_.size(); ++node) {
    if (processes_[node] != nullptr) continue;
    std::error_code error;
    std::filesystem::create_directories(FolderOf(node), error);
    if (node > 0) {
      std::filesystem::copy(FolderOf(0) / kSharedKey, FolderOf(node) / kSharedKey,
                            std::filesystem::copy_options::skip_existing, error);
      if (error) return tl::unexpected("the master key cannot be copied: " + error.message());
    }
    auto started = ChildProcess::Start("dialtoned", FlagsOf(node), FolderOf(node), "listening");
    if (!started) return tl::unexpected(started.error());
    processes_[node] = std::move(*started);
  }
  return {};
}

std::vector<std::string> Nodes::Others(std::size_t node) const {
  std::vector<std::string> addresses;
  for (std::size_t other = 0; other < processes_.size(); ++other) {
    if (other != node && processes_[other] != nullptr)
      addresses.push_back(processes_[other]->address());
  }
  return addresses;
}

void Nodes::Kill(const std::string& address) {
  for (std::size_t node = 0; node < processes_.size(); ++node) {
    if (processes_[node] == nullptr || processes_[node]->address() != address) continue;
    processes_[node]->Kill();
    processes_[node].reset();
    killed_ = node;
  }
}

bool Nodes::Stop() {
  bool ended_well = true;
  for (auto& process : processes_) {
    if (process == nullptr) continue;
    ended_well &= process->Stop() == 0;
    process.reset();
  }
  return ended_well;
}

}  // namespace dialtone::clients::demo
