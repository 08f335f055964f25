// Who waits for what a view does not show yet. Not safe by itself: the view's lock is around it.
#pragma once

#include <absl/functional/any_invocable.h>

#include <optional>
#include <utility>
#include <vector>

#include "controlplane/kernel/token.h"
#include "projections/kernel/view.h"

namespace dialtone::projections {

// Whether these positions show what the token asks for. REQUIRES: its partitions exist.
inline bool Covers(const Positions& positions, const ConsistencyToken& token) {
  for (const auto& [partition, index] : token.indexes())
    if (positions[partition] < index) return false;
  return true;
}

class Waiters {
 public:
  struct Waiter {
    ConsistencyToken token;
    Deadline deadline;
    absl::AnyInvocable<void(Reached)> done;
  };

  bool empty() const { return waiting_.empty(); }
  void Add(Waiter waiter) { waiting_.push_back(std::move(waiter)); }

  std::optional<Deadline> NextDeadline() const {
    std::optional<Deadline> next;
    for (const Waiter& waiter : waiting_)
      if (!next || waiter.deadline < *next) next = waiter.deadline;
    return next;
  }
  std::vector<Waiter> TakeReached(const Positions& positions) {
    return TakeIf([&](const Waiter& waiter) { return Covers(positions, waiter.token); });
  }
  std::vector<Waiter> TakeExpired(Deadline now) {
    return TakeIf([&](const Waiter& waiter) { return waiter.deadline <= now; });
  }
  std::vector<Waiter> TakeAll() { return std::exchange(waiting_, {}); }

 private:
  template <class Predicate>
  std::vector<Waiter> TakeIf(Predicate goes) {
    std::vector<Waiter> taken;
    std::vector<Waiter> left;
    for (Waiter& waiter : waiting_) (goes(waiter) ? taken : left).push_back(std::move(waiter));
    waiting_ = std::move(left);
    return taken;
  }

  std::vector<Waiter> waiting_;
};

}  // namespace dialtone::projections
