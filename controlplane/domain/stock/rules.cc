#include "controlplane/domain/stock/rules.h"

namespace dialtone::stock {

bool IsFree(const State& state, std::uint32_t place) {
  const std::string& free = state.block.get().free();
  const std::size_t byte = place / 8;
  return byte < free.size() && (static_cast<unsigned char>(free[byte]) >> (place % 8) & 1U) != 0;
}

bool IsCooling(const State& state, std::uint32_t place, Timestamp now) {
  const CoolingRow* const row = state.cooling.Find(place);
  return row != nullptr && Timestamp::Micros(row->until_micros()) > now;
}

bool IsCoolingFor(const State& state, std::uint32_t place, std::string_view organization) {
  const CoolingRow* const row = state.cooling.Find(place);
  return row != nullptr && row->organization() == organization;
}

}  // namespace dialtone::stock
