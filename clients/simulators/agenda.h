// What is to be done: plans of many orders, carried out by many calls at once, each answer once as
// far as this process remembers, and under the same request id in the next one.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "clients/cpp/client.h"
#include "clients/simulators/plan.h"
#include "clients/simulators/server_clock.h"

namespace dialtone::clients::simulators {

// Takes a line for people. Any thread.
using Tell = std::function<void(const std::string& line)>;

class Agenda {
 public:
  static constexpr std::size_t kInFlightMax = 64;

  // All of it outlives the agenda.
  Agenda(Client& client, const ServerClock& clock, const Tell& tell);
  // Ends what is under way, and begins nothing more.
  ~Agenda();
  Agenda(const Agenda&) = delete;
  Agenda& operator=(const Agenda&) = delete;

  // What is to be done about `subject`, in the place of what was planned for it and has not begun.
  void Set(const std::string& subject, Planner planner);
  // Nothing is to be done any more, until it is set again.
  void Clear();

 private:
  enum class Outcome { kDone, kRefused, kServerIsAway };
  struct Subject {
    Planner planner;
    std::map<std::string, Deed> open;  // planned and not begun, by key
    std::set<std::string> begun;       // of the plan, by key: under way, done or refused
  };

  void PlanAsTimeGoes(const std::stop_token& stop);
  void Replan(const std::string& name, WallTime now);
  std::set<std::string> Due(WallTime now);
  void Work(const std::stop_token& stop);
  void TakeNext(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  Outcome Perform(const Deed& deed);

  Client& client_;
  const ServerClock& clock_;
  const Tell& tell_;
  std::mutex mutex_;
  std::condition_variable_any planned_;
  std::condition_variable_any readied_;
  std::map<std::string, Subject> subjects_;
  std::set<std::string> fresh_;                            // to be planned now
  std::map<std::string, WallTime> later_;                  // to be planned then
  std::deque<std::pair<std::string, std::string>> ready_;  // subject and key; open, or given up
  std::vector<std::jthread> threads_;
};

}  // namespace dialtone::clients::simulators
