// Ends calls whose time is over. A call costs the keeper one exchange of a pointer when it comes;
// deadlines are kept to within a tick.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
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
  // `look` is called in the keeper's thread now and then, and not any more once this returns with
  // another; null: nobody's. Any thread but the keeper's.
  void EachTick(std::function<void(Deadline now)> look);
  // No call waits longer than until then: the server drains.
  void EndAllAt(Deadline latest) { latest_.store(latest.time_since_epoch().count()); }

 private:
  void Run();
  void TakeOver();
  void EndLate(Deadline now);

  std::atomic<Call*> arrived_{nullptr};  // a stack; each holds a reference
  std::atomic<Deadline::rep> latest_{Deadline::max().time_since_epoch().count()};
  std::vector<CallRef> kept_;  // the thread's own
  std::mutex mutex_;           // held by the thread while it works
  std::condition_variable stop_signal_;
  std::function<void(Deadline)> look_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dialtone::edge
