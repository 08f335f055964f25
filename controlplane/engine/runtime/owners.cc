#include "controlplane/engine/runtime/owners.h"

#include <algorithm>
#include <utility>

namespace dialtone::engine {

std::string Owners::Look(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  return addresses_[partition];
}

bool Owners::OwnsAny(const std::string& address) const {
  const std::lock_guard lock(mutex_);
  return std::find(addresses_.begin(), addresses_.end(), address) != addresses_.end();
}

void Owners::Set(std::uint32_t partition, std::string address) {
  const std::lock_guard lock(mutex_);
  addresses_[partition] = std::move(address);
  const auto is_elsewhere = [](const std::string& one) { return !one.empty(); };
  const auto count = std::count_if(addresses_.begin(), addresses_.end(), is_elsewhere);
  elsewhere_.store(static_cast<std::uint32_t>(count), std::memory_order_release);
}

}  // namespace dialtone::engine
