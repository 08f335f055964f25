// The one thread that turns a node: takes commands from any thread, sleeps when there is nothing to
// do.
#pragma once

#include <absl/functional/any_invocable.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "controlplane/engine/runtime/clock.h"
#include "controlplane/engine/runtime/clock_guard.h"
#include "controlplane/engine/runtime/node.h"

namespace dialtone::engine {

class Loop {
 public:
  // It turns every second at least, if there is nothing to do: one that has not for so long hangs.
  static constexpr std::chrono::seconds kHangs{5};
  static constexpr std::chrono::seconds kDrainMax{15};  // an append and a claim may take 5 s each

  // `node` and `clock` outlive the loop; while it runs, the node is the loop's alone.
  Loop(Node& node, const Clock& clock, std::chrono::milliseconds drain_max = kDrainMax);
  ~Loop();  // stops
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;

  // `tell` hears, in the loop's thread, by how much the clock jumped, and zero when it has come
  // back. Meanwhile no partition is owned here: nothing is decided, nothing falls due. Before
  // Start.
  void OnClockJump(std::function<void(Duration)> tell) { on_clock_jump_ = std::move(tell); }
  void Start();
  // The command is answered, refused or failed by its `done`, once. Any thread.
  void Submit(Command command);
  // Runs in the loop's thread between two turns, or here if that thread has ended: the way to look
  // at the node while it runs. Any thread.
  void Run(absl::AnyInvocable<void(Node&)> task);
  // The clock was moved, or the ledger has news. Any thread.
  void Wake();
  // Leaves every partition with a closing entry, answers what was taken in, and ends the thread.
  // Commands that come later are refused. A ledger that does not answer is waited for
  // `drain_max`; then whoever waits is told to ask again. Any thread but the loop's.
  void Drain();
  // Who is to be asked for what is not owned here. Any thread.
  const Owners& owners() const { return node_.owners(); }
  // When the last turn began; the beginning of time before the first one. Any thread.
  std::chrono::steady_clock::time_point turned_at() const { return turned_at_.load(); }
  // Any thread.
  bool Turns(std::chrono::steady_clock::time_point now) const { return now - turned_at() < kHangs; }
  // Zero while the clock is believed. Any thread.
  Duration clock_jump() const { return Duration::Micros(clock_jump_.load()); }
  // Ends the thread where it is; whoever waits is told to ask again. Any thread but the loop's.
  void Stop();

 private:
  enum class Phase : std::uint8_t { kIdle, kRunning, kDraining, kStopped };

  void Turn();
  Timestamp WatchClock();
  void WaitForWork(Phase seen);
  Phase TakeOver();
  void End();

  Node& node_;
  const Clock& clock_;
  const std::chrono::milliseconds drain_max_;
  ClockGuard guard_;  // the loop's thread's
  std::atomic<std::int64_t> clock_jump_{0};
  std::atomic<std::chrono::steady_clock::time_point> turned_at_{{}};
  std::function<void(Duration)> on_clock_jump_ = [](Duration) {};
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
