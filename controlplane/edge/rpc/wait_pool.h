// A few threads for calls that had to wait: questions and commands for their token, answers for a
// key. So neither gRPC's threads do it, nor a view's, nor the loop's.
#pragma once

#include <absl/functional/any_invocable.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace dialtone::edge {

class WaitPool {
 public:
  static constexpr std::size_t kQueueMax = 10'000;

  explicit WaitPool(std::size_t threads);
  ~WaitPool();  // runs what is queued
  WaitPool(const WaitPool&) = delete;
  WaitPool& operator=(const WaitPool&) = delete;

  // False: the queue is full, and the task was not taken.
  [[nodiscard]] bool Run(absl::AnyInvocable<void()>& task);

 private:
  void Work();

  std::mutex mutex_;
  std::condition_variable arrived_;
  std::deque<absl::AnyInvocable<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace dialtone::edge
