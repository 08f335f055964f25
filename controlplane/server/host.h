// What runs in one process without gRPC: storage, the loop with its node, the read models, the
// clock. Started in the order in which each needs the others, stopped in the other one.
#pragma once

#include <absl/functional/function_ref.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/edge/telemetry/metrics.h"
#include "controlplane/engine/runtime/loop.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/policy/loader.h"
#include "controlplane/server/clock.h"
#include "controlplane/server/config.h"
#include "controlplane/server/machine.h"
#include "controlplane/server/ownership.h"
#include "controlplane/server/readiness.h"
#include "controlplane/server/stop_watch.h"
#include "controlplane/server/storage.h"
#include "controlplane/server/timed_ledger.h"
#include "controlplane/server/wiring.h"
#include "dialtone/admin/v1/admin_service.pb.h"

namespace dialtone::server {

class Host {
 public:
  // Opens, checks, loads, and starts the loop, which follows the ledger. `metrics` outlives the
  // host.
  static Started<std::unique_ptr<Host>> Start(const Config& config, telemetry::Metrics& metrics);
  ~Host();
  Host(const Host&) = delete;
  Host& operator=(const Host&) = delete;

  // From here on partitions are claimed, unless one is stopped, which fails: all of a ledger of its
  // own, or those that the group of the ledger's nodes gives it, which it joins when it has read
  // what is there. `address` is where this node is asked.
  Started<void> BeginToOwn(const std::string& address);
  // Why commands are not taken yet, or no more; empty: they are. Any thread but the loop's.
  std::vector<std::string> NotReady();
  // Until every partition is owned here or by a node that is known, and what was in the ledger is
  // read; fails if one is stopped, or if the clock is too far behind the ledger. Read models get a
  // while to catch up, no more: one that is built anew says so to whoever asks it.
  Started<void> WaitUntilReady();

  std::vector<admin::v1::Partition> Partitions();
  std::vector<admin::v1::Projection> Projections() const;
  void FillStatus(admin::v1::ServerStatus& status);
  // Brings the metrics up to date. Any thread but the loop's.
  void Refresh();

  void Checkpoint() { storage_.rows->Flush(); }
  tl::expected<void, Rejection> Rebuild(const std::string& projection);
  // Returns when this node has decided what fell due by it: what is asked next comes after that.
  tl::expected<Timestamp, Rejection> AdvanceClock(Duration by);

  // What Drain does is the server's to say.
  void OnDrain(std::function<void()> drain) { on_drain_ = std::move(drain); }
  void RequestDrain() { on_drain_(); }
  // Other nodes go on with what this one owns; it answers what was taken in, and sends on the rest.
  void HandOver();
  // Answers what was taken in, leaves every partition, and writes the rows.
  void Stop();

  engine::Loop& loop() { return *loop_; }
  const engine::Clock& clock() const { return clock_; }
  const policy::Policy& policy() const { return *policy_; }
  vault::KeyVault& keys() { return *storage_.keys; }
  const Views& views() const { return *views_; }
  std::string cluster_id() const { return std::string(storage_.ledger.cluster.bytes()); }

 private:
  Host(const Config& config, telemetry::Metrics& metrics, Storage storage,
       std::shared_ptr<const policy::Policy> policy);
  Started<void> Load();
  bool IsOnKafka() const { return storage_.ledger.kafka != nullptr; }
  NodeState State();
  Started<void> PublishEvents();
  std::vector<bool> Owned();
  std::vector<StoppedPart> Stopped();
  std::vector<StoppedPart> MindStopped();
  void RefreshPartitions();
  void RefreshLedger();
  void RefreshKafka();
  void RefreshEvents();
  void RefreshViews();
  void WatchClock();
  Started<void> WaitWhile(absl::FunctionRef<bool(const NodeState&)> waits);
  Started<void> MindClock(Duration behind);
  Duration ClockBehind();
  void NoteSilence();
  std::optional<StartError> StoppedPartition();

  const Config config_;
  telemetry::Metrics& metrics_;
  Storage storage_;
  const std::shared_ptr<const policy::Policy> policy_;
  MovableClock clock_;
  const Timestamp started_;
  TimedLedgerStore ledger_;
  DomainReactor reactor_;
  engine::Node node_;
  std::optional<Views> views_;
  std::unique_ptr<engine::Loop> loop_;
  std::vector<engine::Offset> ends_at_start_;
  std::optional<Ownership> ownership_;
  std::unique_ptr<events::Publisher> publisher_;
  std::optional<StopWatch> stop_watch_;
  std::mutex refresh_mutex_;  // one at a time, so that counters take each total once
  std::function<void()> on_drain_ = [] {};
  bool has_told_clock_ = false;
  bool stopped_ = false;
};

}  // namespace dialtone::server
