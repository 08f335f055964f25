// Looks now and then whether a partition or a read model has stopped, and logs each that has, with
// its reason: once.
#pragma once

#include <chrono>
#include <compare>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace dialtone::server {

struct StoppedPart {
  std::string part;  // `partitions/3`, `projections/stock`
  std::string reason;
  friend auto operator<=>(const StoppedPart&, const StoppedPart&) = default;
};

class StopWatch {
 public:
  using Look = std::function<std::vector<StoppedPart>()>;
  using Tell = std::function<void(const StoppedPart&)>;

  // Both in the watch's own thread.
  StopWatch(Look look, Tell tell, std::chrono::milliseconds every = std::chrono::seconds(1));
  ~StopWatch();  // looks once more
  StopWatch(const StopWatch&) = delete;
  StopWatch& operator=(const StopWatch&) = delete;

 private:
  void Run();
  void LookOnce();

  const Look look_;
  const Tell tell_;
  const std::chrono::milliseconds every_;
  std::set<StoppedPart> told_;  // the thread's own
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace dialtone::server
