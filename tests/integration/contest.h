// More want a block's last numbers than there are: 64 clients of 16 organizations, whose quotas
// together are more than the block has. Who reserves may change his mind; a client whose server
// dies asks again. It ends when every number is somebody's.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/whereabouts.h"
#include "tests/support/caller.h"

namespace dialtone::testing {

class Contest {
 public:
  static constexpr int kOrganizations = 16;
  static constexpr int kClients = 64;
  static constexpr std::uint32_t kNumbers = 100;
  // Of an organization without licences: (0 × 11) div 10 + 10, domain.md 2.6.
  static constexpr std::size_t kQuota = 10;
  // The block of all of them.
  static constexpr char kBlock[] = "numberBlocks/1206555";

  // Makes the organizations and loads the numbers. The server lives meanwhile.
  explicit Contest(Caller& caller);
  ~Contest() { Finish(); }
  Contest(const Contest&) = delete;
  Contest& operator=(const Contest&) = delete;

  // The clients begin, in turns with each of the servers, which outlive the contest.
  void Begin(const std::vector<Whereabouts*>& servers);
  // Until so many numbers were acquired, as the clients were told.
  void AwaitAcquired(std::uint32_t count);
  // Until the clients have all; they stop.
  void Finish();

  // What each organization was told it has, that it has, and the block says so: nobody beyond the
  // quota, no number twice, none left over, none still reserved. REQUIRES: Finish.
  void ExpectFair(Caller& caller);
  // How often clients heard this reason, of all that they were refused with.
  int Refused(const std::string& reason) const;

 private:
  class Client;

  void Told(const std::string& organization, const std::vector<std::string>& numbers);
  void Heard(const std::string& refusal);
  // A number came free somewhere, or not: after a refusal it is not asked at once again.
  void PauseUntilChanged();
  void ExpectHolds(Caller& caller, const std::string& organization,
                   std::set<std::string>& everybodys);
  bool IsOver();

  std::vector<std::string> organizations_;
  std::vector<std::thread> threads_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::uint32_t changes_ = 0;
  std::uint32_t acquired_ = 0;
  std::map<std::string, std::set<std::string>> told_;  // by organization: numbers in E.164
  std::map<std::string, int> refused_;                 // by reason
};

}  // namespace dialtone::testing
