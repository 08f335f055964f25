// Ends calls whose time is over. A call costs the keeper one exchange of a pointer when it comes;
// deadlines are kept to within a tick.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "controlplane/edge/rpc/call.h"

namespace dialtone::edge {

class DeadlineKeeper {
 public:
  static constexpr std::chrono::milliseconds kTick{20};

  DeadlineKeeper();
  ~DeadlineKeeper();  // calls that are still open stay so: the loop has ended them before
  DeadlineKeeper(const DeadlineKeeper&) = delete;
  DeadlineKeeper& operator=(const DeadlineKeeper&) = delete;

  // Any thread.
  void Keep(CallRef call);
  // No call waits longer than until then: the server drains.
  void EndAllAt(Deadline latest) { latest_.store(latest.time_since_epoch().count()); }

 private:
  void Run();
  void TakeOver();
  void EndLate(Deadline now);

  std::atomic<Call*> arrived_{nullptr};  // a stack; each holds a reference
  std::atomic<Deadline::rep> latest_{Deadline::max().time_since_epoch().count()};
  std::vector<CallRef> kept_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable stop_signal_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dialtone::edge
