// One machine of a simulated world: a node with its disk and its clock, which can end at any
// reading or writing, and stop in the middle of one while the others go on.
#pragma once

#include <absl/functional/function_ref.h>

#include <functional>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/runtime/node.h"
#include "tests/simulation/audit.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/story.h"

namespace dialtone::simulation {

// Thrown where a node ends. Nothing of the engine catches it: what it had in memory is gone.
struct Crash {};

// Called before whatever a node reads or writes; may throw Crash.
using BeforeIo = std::function<void()>;

class MachineRoom {
 public:
  struct Surroundings {
    engine::MemoryLedgerStore& ledger;
    const policy::Policy& policy;
    Audit& audit;
    Complaints& complaints;
    Chance& chance;
    Story& story;
  };

  MachineRoom(engine::NodeId id, engine::NodeOptions options, const Surroundings& with);
  ~MachineRoom();

  // Both do nothing if it is so already.
  void Start();
  void End();
  void EndUnlessTurning() {
    if (!turning_) End();
  }
  bool is_up() const { return node_ != nullptr; }
  // One turn, in which it may end.
  void Turn(Timestamp now);
  // It ends at the n-th reading or writing from now.
  void EndAfter(std::uint64_t count) { ends_after_ = count; }
  // Lets the others go on in the midst of this one's turn.
  void SetInterlude(std::function<void()> interlude) { interlude_ = std::move(interlude); }

  // Between two turns, as the loop does it; the node may end in it.
  void Run(absl::FunctionRef<void(engine::Node&)> task);
  void FlushRows() { disk_.Flush(); }
  void CheckRows();
  void CheckAll();

  engine::Node& node() { return *node_; }
  engine::NodeId id() const { return id_; }
  Timestamp Clock(Timestamp now) const { return now + skew_; }
  void SetSkew(Duration skew) { skew_ = skew; }
  bool is_turning() const { return turning_; }
  std::uint64_t crashes() const { return crashes_; }

 private:
  void Io();
  void CheckPartition(std::uint32_t partition);
  template <class Act>
  void Survive(Act act);

  const engine::NodeId id_;
  const engine::NodeOptions options_;
  Surroundings with_;
  testing::ToyReactor reactor_;
  engine::MemoryRowStore disk_;
  Duration skew_;
  std::uint64_t ends_after_ = 0;  // 0: it does not
  bool turning_ = false;
  std::uint64_t crashes_ = 0;
  std::function<void()> interlude_;
  std::vector<std::uint64_t> checked_;  // by partition: the index of the last look at its fold
  std::unique_ptr<engine::LedgerStore> ledger_;
  std::unique_ptr<engine::LedgerStore> watched_ledger_;
  std::unique_ptr<engine::RowStore> watched_disk_;
  std::unique_ptr<engine::Node> node_;
};

}  // namespace dialtone::simulation
