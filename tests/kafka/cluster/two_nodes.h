// Two dialtoned processes on one ledger of a real broker, each with a folder of its own.
#pragma once

#include <signal.h>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_options.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "tests/integration/server_process.h"
#include "tests/support/caller.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {

class TwoNodes {
 public:
  static constexpr std::uint32_t kPartitions = 8;
  static constexpr double kSessionSeconds = 2;

  // None runs yet.
  TwoNodes();

  // Returns when the node says that it is ready. The first one makes the master key, the other gets
  // a copy.
  void Start(int node);
  void Kill(int node);
  // SIGTERM; returns at once. `AwaitEnd` gives the exit code.
  void Terminate(int node) { processes_[At(node)]->Signal(SIGTERM); }
  int AwaitEnd(int node);
  void Pause(int node) { processes_[At(node)]->Signal(SIGSTOP); }
  void GoOn(int node) { processes_[At(node)]->Signal(SIGCONT); }

  // Of the node that runs now, or ran last.
  const std::shared_ptr<Caller>& caller(int node) const { return callers_[At(node)]; }
  const std::filesystem::path& folder() const { return folder_.path(); }
  const engine::KafkaOptions& topic() const { return topic_; }

  // Which partitions the node says that it owns.
  std::vector<std::uint32_t> Owned(int node) const;
  // Until it owns so many.
  void AwaitOwned(int node, std::size_t count) const;

 private:
  static std::size_t At(int node) { return static_cast<std::size_t>(node); }
  std::filesystem::path DataOf(int node) const;

  const TemporaryFolder folder_;
  const engine::KafkaOptions topic_;
  std::optional<ServerProcess> processes_[2];
  std::shared_ptr<Caller> callers_[2];
};

}  // namespace dialtone::testing
