// One command between its caller and the loop: whoever comes first, the answer or the deadline,
// finishes the call; the other finds it finished and does no harm.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/kernel/rules.h"

namespace dialtone::edge {

class DeadlineKeeper;

class Call {
 public:
  Call(const Asked& asked, Deadline deadline)
      : deadline_(deadline),
        request_id_(asked.request.id()),
        minted_(asked.minted),
        dry_run_(asked.mode == engine::Mode::kDryRun),
        passing_keys_(asked.passing_keys) {}
  virtual ~Call() = default;
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  // True for the first who asks.
  bool Win() { return !won_.exchange(true, std::memory_order_acq_rel); }
  bool won() const { return won_.load(std::memory_order_acquire); }
  Deadline deadline() const { return deadline_; }
  const std::string& request_id() const { return request_id_; }
  bool minted() const { return minted_; }

  // The answer is valid. In the loop's thread, once, won or not.
  virtual void Answered(const ledger::v1::Answer& answer, const engine::Token& token) = 0;
  // The deadline is over. In the keeper's thread, after Win.
  virtual void Late() = 0;

  // Of a dry run; null otherwise.
  std::vector<RuleTrace>* trace() { return dry_run_ ? &trace_ : nullptr; }
  const std::vector<RuleTrace>& traced() const { return trace_; }
  bool dry_run() const { return dry_run_; }
  // What its answer is unsealed with.
  vault::Keys& KeysOf(const DoorParts& parts) const {
    if (passing_keys_ != nullptr) return *passing_keys_;
    return parts.keys.at_hand();
  }

 private:
  friend class CallRef;
  friend class DeadlineKeeper;

  std::atomic<std::uint32_t> owners_{0};
  std::atomic<bool> won_{false};
  Call* next_ = nullptr;  // the keeper's
  const Deadline deadline_;
  const std::string request_id_;
  const bool minted_;
  const bool dry_run_;
  const std::shared_ptr<vault::PassingKeys> passing_keys_;
  std::vector<RuleTrace> trace_;
};

// Keeps a call alive.
class CallRef {
 public:
  CallRef() = default;
  explicit CallRef(Call* call) : call_(call) {
    if (call_ != nullptr) call_->owners_.fetch_add(1, std::memory_order_relaxed);
  }
  // Takes over the reference that Release gave up.
  static CallRef Adopt(Call* call) {
    CallRef ref;
    ref.call_ = call;
    return ref;
  }
  Call* Release() { return std::exchange(call_, nullptr); }
  CallRef(CallRef&& other) noexcept : call_(std::exchange(other.call_, nullptr)) {}
  CallRef& operator=(CallRef&& other) noexcept {
    std::swap(call_, other.call_);
    return *this;
  }
  CallRef(const CallRef& other) : CallRef(other.call_) {}
  CallRef& operator=(const CallRef& other) { return *this = CallRef(other); }
  ~CallRef() {
    if (call_ != nullptr && call_->owners_.fetch_sub(1, std::memory_order_acq_rel) == 1)
      delete call_;
  }
  Call* operator->() const { return call_; }
  Call& operator*() const { return *call_; }
  Call* get() const { return call_; }

 private:
  Call* call_ = nullptr;
};

}  // namespace dialtone::edge
