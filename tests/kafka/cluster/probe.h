// Asks one partition for something again and again, and notes when it was answered: how long the
// partition answers nobody is the longest pause.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/whereabouts.h"

namespace dialtone::testing {

class Probe {
 public:
  using Clock = std::chrono::steady_clock;
  using Millis = std::chrono::duration<double, std::milli>;

  // Of an organization in that partition, which it makes; what fails for the moment is asked again,
  // under the same request id, of the server that `server` says.
  Probe(std::uint32_t partition, std::uint32_t partition_count, Caller& caller,
        Whereabouts& server);
  ~Probe();
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;

  // How long nothing was answered around that moment; waits for the first answer behind it that was
  // asked for after it.
  Millis PauseAt(Clock::time_point moment);
  // Everything that was bought is there, once.
  void ExpectSums(Caller& caller);
  const std::set<grpc::StatusCode>& asked_again() const { return asked_again_; }
  // Asks no more.
  void Stop();

 private:
  struct Answer {
    Clock::time_point asked;
    Clock::time_point heard;
  };
  void Run();
  void Ask();

  Whereabouts& server_;
  const std::string organization_;
  std::atomic<bool> stopping_{false};
  std::set<grpc::StatusCode> asked_again_;  // the thread's, until it is stopped
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<Answer> answers_;
  std::thread thread_;
};

}  // namespace dialtone::testing
