// Where in the ledger something happened: dense, public, the same on every node; never a log's own
// offset.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

#include "controlplane/kernel/timestamp.h"

namespace dialtone {

struct Position {
  std::uint32_t partition = 0;
  std::uint64_t index = 0;  // of the entry, from 1; 0 is before the first
  friend constexpr auto operator<=>(const Position&, const Position&) = default;
};

// All that Evolve may know beside the event.
struct Moment {
  Position position;
  Timestamp time;
};

inline std::string ToText(const Position& at) {
  return std::to_string(at.partition) + "/" + std::to_string(at.index);
}

}  // namespace dialtone
