// What may be asked of a number block.
#pragma once

#include <cstdint>
#include <string_view>

#include "controlplane/domain/stock/state.h"
#include "controlplane/kernel/timestamp.h"

namespace dialtone::stock {

inline constexpr std::uint32_t kNumbersOfBlock = 10'000;

// In stock, and held by nobody. It may still rest.
bool IsFree(const State& state, std::uint32_t place);
// Given back not long enough ago.
bool IsCooling(const State& state, std::uint32_t place, Timestamp now);
// It was this organization that gave it back.
bool IsCoolingFor(const State& state, std::uint32_t place, std::string_view organization);

}  // namespace dialtone::stock
