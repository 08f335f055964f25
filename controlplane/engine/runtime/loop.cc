#include "controlplane/engine/runtime/loop.h"

#include <chrono>
#include <optional>
#include <utility>

namespace dialtone::engine {

namespace {

constexpr Duration kWaitMax = Duration::Seconds(1);

bool AllLeft(const Node& node) {
  for (std::uint32_t partition = 0; partition < node.partition_count(); ++partition) {
    const Role role = node.partition(partition).role();
    if (role != Role::kFollower && role != Role::kStopped) return false;
  }
  return true;
}

void LeaveAll(Node& node) {
  for (std::uint32_t partition = 0; partition < node.partition_count(); ++partition)
    node.partition(partition).Leave();
}

}  // namespace

Loop::Loop(Node& node, const Clock& clock, std::chrono::milliseconds drain_max)
    : node_(node), clock_(clock), drain_max_(drain_max), guard_(clock.Read()) {}

Loop::~Loop() { Stop(); }

void Loop::Start() {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kRunning;
  }
  thread_ = std::thread([this] {
    Turn();
    End();
  });
}

void Loop::Submit(Command command) {
  std::unique_lock lock(mutex_);
  if (phase_ != Phase::kRunning) {
    lock.unlock();
    return AckTracker::Refuse(ledger::v1::DRAINING, command);
  }
  arrived_.push_back(std::move(command));
  const std::size_t waiting = arrived_.size();
  lock.unlock();
  if (waiting == 1) work_.notify_one();  // whoever comes second finds the loop awake
}

void Loop::Run(absl::AnyInvocable<void(Node&)> task) {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return task(node_);
    tasks_.push_back(std::move(task));
  }
  work_.notify_one();
}

void Loop::Wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  work_.notify_one();
}

void Loop::Drain() {
  {
    const std::lock_guard lock(mutex_);
    if (phase_ != Phase::kRunning) return;
    phase_ = Phase::kDraining;
  }
  work_.notify_one();
  thread_.join();
}

void Loop::Stop() {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kStopped;
  }
  work_.notify_one();
  if (thread_.joinable()) thread_.join();
}

void Loop::Turn() {
  using Steady = std::chrono::steady_clock;
  std::optional<Steady::time_point> leave_until;
  while (true) {
    turned_at_ = std::chrono::steady_clock::now();
    const Phase phase = TakeOver();
    if (phase == Phase::kStopped) return;
    if (phase == Phase::kDraining && !leave_until) {
      LeaveAll(node_);
      leave_until = Steady::now() + drain_max_;
    }
    const bool has_worked = node_.Turn(WatchClock());
    if (leave_until && (AllLeft(node_) || Steady::now() > *leave_until)) return;
    if (!has_worked) WaitForWork(phase);
  }
}

// The time of this turn. Looked at before anything is decided, so that no entry is ever made by a
// clock that jumped, the closing ones neither.
Timestamp Loop::WatchClock() {
  const bool was_believed = guard_.jump() == Duration();
  guard_.Take(clock_.Read());
  const bool is_believed = guard_.jump() == Duration();
  clock_jump_.store(guard_.jump().micros());
  if (was_believed != is_believed) {
    is_believed ? node_.Resume() : node_.Suspend();
    on_clock_jump_(guard_.jump());
  }
  return guard_.now();
}

// Nothing that was handed over is left without an answer.
void Loop::End() {
  {
    const std::lock_guard lock(mutex_);
    phase_ = Phase::kStopped;
  }
  TakeOver();
  node_.Abandon();
  const std::lock_guard lock(mutex_);
  ended_ = true;
  for (auto& task : tasks_) task(node_);
  tasks_.clear();
}

void Loop::WaitForWork(Phase seen) {
  Duration wait = kWaitMax;
  if (const auto next = node_.NextWake()) wait = std::min(wait, *next - guard_.now());
  std::unique_lock lock(mutex_);
  const auto has_work = [this, seen] {
    return std::exchange(woken_, false) || !arrived_.empty() || !tasks_.empty() || phase_ != seen;
  };
  work_.wait_for(lock, std::chrono::microseconds(wait.micros()), has_work);
}

// Commands and tasks that arrived, in the loop's thread and without the lock.
Loop::Phase Loop::TakeOver() {
  std::vector<Command> arrived;
  std::vector<absl::AnyInvocable<void(Node&)>> tasks;
  Phase phase = Phase::kRunning;
  {
    const std::lock_guard lock(mutex_);
    phase = phase_;
    arrived.swap(arrived_);
    tasks.swap(tasks_);
  }
  for (auto& task : tasks) task(node_);
  for (Command& command : arrived) node_.Submit(std::move(command));
  return phase;
}

}  // namespace dialtone::engine
