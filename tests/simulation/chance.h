// All the chance of a simulated world: the same seed, the same world, on every machine.
#pragma once

#include <cstdint>
#include <random>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::simulation {

class Chance {
 public:
  explicit Chance(std::uint64_t seed) : random_(seed) {}

  std::uint64_t Next() { return random_(); }
  // From 0 up to, without, `end`.
  std::uint64_t Below(std::uint64_t end) { return random_() % end; }
  bool Percent(std::uint64_t percent) { return Below(100) < percent; }
  bool PerMille(std::uint64_t per_mille) { return Below(1'000) < per_mille; }
  Duration UpTo(Duration span) {
    return Duration::Micros(
        static_cast<std::int64_t>(Below(static_cast<std::uint64_t>(span.micros()) + 1)));
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace dialtone::simulation
