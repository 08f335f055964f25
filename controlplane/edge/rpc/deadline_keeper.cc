#include "controlplane/edge/rpc/deadline_keeper.h"

#include <algorithm>
#include <utility>

namespace dialtone::edge {

namespace {

// The call that runs out last is at the front of the heap's order, so the earliest is at its top.
bool EndsLater(const CallRef& a, const CallRef& b) { return a->deadline() > b->deadline(); }

}  // namespace

DeadlineKeeper::DeadlineKeeper() : thread_([this] { Run(); }) {}

DeadlineKeeper::~DeadlineKeeper() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_signal_.notify_one();
  thread_.join();
  TakeOver();
}

void DeadlineKeeper::Keep(CallRef call) {
  Call* const added = call.Release();
  added->next_ = arrived_.load(std::memory_order_relaxed);
  while (!arrived_.compare_exchange_weak(added->next_, added, std::memory_order_release,
                                         std::memory_order_relaxed)) {
  }
}

void DeadlineKeeper::EachTick(std::function<void(Deadline now)> look) {
  const std::lock_guard lock(mutex_);
  look_ = std::move(look);
}

void DeadlineKeeper::Run() {
  std::unique_lock lock(mutex_);
  while (!stop_signal_.wait_for(lock, kTick, [this] { return stopping_; })) {
    const Deadline now = std::chrono::steady_clock::now();
    TakeOver();
    EndLate(now);
    if (look_) look_(now);
  }
}

// Most calls are answered before the keeper looks at them for the first time.
void DeadlineKeeper::TakeOver() {
  Call* next = arrived_.exchange(nullptr, std::memory_order_acquire);
  while (next != nullptr) {
    CallRef call = CallRef::Adopt(std::exchange(next, next->next_));
    if (call->won()) continue;
    kept_.push_back(std::move(call));
    std::push_heap(kept_.begin(), kept_.end(), EndsLater);
  }
}

void DeadlineKeeper::EndLate(Deadline now) {
  const bool all = now.time_since_epoch().count() >= latest_.load();
  while (!kept_.empty() && (all || kept_.front()->won() || kept_.front()->deadline() <= now)) {
    std::pop_heap(kept_.begin(), kept_.end(), EndsLater);
    const CallRef call = std::move(kept_.back());
    kept_.pop_back();
    if (call->Win()) call->Late();
  }
}

}  // namespace dialtone::edge
