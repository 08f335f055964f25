// Which partitions another node owns, and where it is asked: written by the loop's thread, read by
// any. A hint, never a proof: who decides is settled by the ledger alone, and a node that does not
// own a partition refuses what it is asked for it.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace dialtone::engine {

class Owners {
 public:
  // Nobody else owns anything yet.
  explicit Owners(std::uint32_t partition_count) : addresses_(partition_count) {}

  // Any thread. The address of the other node that owns the partition; empty: this node does, or
  // nobody that is known. One atomic load while no other node owns any partition.
  std::string Elsewhere(std::uint32_t partition) const {
    if (elsewhere_.load(std::memory_order_acquire) == 0) return {};
    return Look(partition);
  }
  // Whether any partition is another node's at this address. Any thread.
  bool OwnsAny(const std::string& address) const;
  std::uint32_t partition_count() const { return static_cast<std::uint32_t>(addresses_.size()); }

  // Empty: not another node's. In the loop's thread.
  void Set(std::uint32_t partition, std::string address);

 private:
  std::string Look(std::uint32_t partition) const;

  std::atomic<std::uint32_t> elsewhere_{0};  // partitions that have an address
  mutable std::mutex mutex_;
  std::vector<std::string> addresses_;
};

}  // namespace dialtone::engine
