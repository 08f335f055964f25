// The one thread that turns a node: takes commands from any thread, sleeps when there is nothing to
// do.
#pragma once

#include <absl/functional/any_invocable.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "controlplane/engine/runtime/clock.h"
#include "controlplane/engine/runtime/node.h"

namespace dialtone::engine {

class Loop {
 public:
  // `node` and `clock` outlive the loop; while it runs, the node is the loop's alone.
  Loop(Node& node, const Clock& clock);
  ~Loop();  // stops
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  void Start();
  // The command is answered, refused or failed by its `done`, once. Any thread.
  void Submit(Command command);
  // Runs in the loop's thread between two turns, or here if that thread has ended: the way to look
  // at the node while it runs. Any thread.
  void Run(absl::AnyInvocable<void(Node&)> task);
  // The clock was moved, or the ledger has news. Any thread.
  void Wake();
  // Leaves every partition with a closing entry, answers what was taken in, and ends the thread.
  // Commands that come later are refused. Any thread but the loop's.
  void Drain();
  // Ends the thread where it is; whoever waits is told to ask again. Any thread but the loop's.
  void Stop();

 private:
  enum class Phase : std::uint8_t { kIdle, kRunning, kDraining, kStopped };

  void Turn();
  void WaitForWork(Phase seen);
  Phase TakeOver();
  void End();

  Node& node_;
  const Clock& clock_;
  std::thread thread_;
  std::mutex mutex_;
  std::condition_variable work_;
  Phase phase_ = Phase::kIdle;
  bool woken_ = false;
  bool ended_ = false;
  std::vector<Command> arrived_;
  std::vector<absl::AnyInvocable<void(Node&)>> tasks_;
};

}  // namespace dialtone::engine
