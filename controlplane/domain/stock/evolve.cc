#include "controlplane/domain/stock/evolve.h"

#include "controlplane/domain/stock/rules.h"
#include "controlplane/kernel/unknown_event.h"

namespace dialtone::stock {

namespace {

enum class Bit : bool { kClear, kSet };

void SetFree(BlockRow& block, std::uint32_t place, Bit bit) {
  std::string& free = *block.mutable_free();
  if (free.empty()) free.assign(kNumbersOfBlock / 8, '\0');
  const auto mask = static_cast<unsigned char>(1U << (place % 8));
  const auto byte = static_cast<unsigned char>(free[place / 8]);
  free[place / 8] = static_cast<char>(bit == Bit::kSet ? byte | mask : byte & ~mask);
}

void Apply(State& state, const NumbersLoaded& event, Moment) {
  BlockRow& block = state.block.Put();
  block.set_block(event.block());
  block.set_type(event.type());
  *block.mutable_area() = event.area();
  for (std::uint32_t place = event.first(); place <= event.last(); ++place) {
    if (!state.holders.Has(place) && !state.departed.Has(place)) SetFree(block, place, Bit::kSet);
  }
}

void Apply(State& state, const NumbersWithdrawn& event, Moment) {
  BlockRow& block = state.block.Put();
  for (std::uint32_t place = event.first(); place <= event.last(); ++place) {
    SetFree(block, place, Bit::kClear);
    state.cooling.Erase(place);
  }
}

void Apply(State& state, const NumbersHeld& event, Moment) {
  if (event.places().empty()) return;
  BlockRow& block = state.block.Put();
  for (const std::uint32_t place : event.places()) {
    SetFree(block, place, Bit::kClear);
    state.cooling.Erase(place);
    HolderRow& holder = state.holders.Put(place);
    holder.set_organization(event.organization());
    holder.set_hold(event.hold());
    holder.set_ported(event.ported());
  }
}

void Apply(State& state, const NumbersFreed& event, Moment) {
  if (event.places().empty()) return;
  BlockRow& block = state.block.Put();
  for (const std::uint32_t place : event.places()) {
    const bool was_ported = state.holders.Find(place)->ported();
    state.holders.Erase(place);
    const bool came_home = state.departed.Has(place) && event.cool_until_micros() != 0;
    if (was_ported && !came_home) continue;
    state.departed.Erase(place);
    SetFree(block, place, Bit::kSet);
    if (event.cool_until_micros() == 0) continue;
    CoolingRow& cooling = state.cooling.Put(place);
    cooling.set_until_micros(event.cool_until_micros());
    cooling.set_organization(event.organization());
  }
}

// One of another code holder is no matter of ours any more; one of ours stays known.
void Apply(State& state, const NumbersPortedOut& event, Moment) {
  for (const std::uint32_t place : event.places()) {
    const bool is_ours = !state.holders.Find(place)->ported() || state.departed.Has(place);
    state.holders.Erase(place);
    if (is_ours) state.departed.Put(place).set_gaining_carrier(event.gaining_carrier());
  }
}

}  // namespace

void Evolve(State& state, const StockEvent& event, Moment at) {
  switch (event.event_case()) {
    case StockEvent::kNumbersLoaded:
      return Apply(state, event.numbers_loaded(), at);
    case StockEvent::kNumbersWithdrawn:
      return Apply(state, event.numbers_withdrawn(), at);
    case StockEvent::kNumbersHeld:
      return Apply(state, event.numbers_held(), at);
    case StockEvent::kNumbersFreed:
      return Apply(state, event.numbers_freed(), at);
    case StockEvent::kNumbersPortedOut:
      return Apply(state, event.numbers_ported_out(), at);
    case StockEvent::EVENT_NOT_SET:
      return UnknownEvent(event, at);
  }
}

}  // namespace dialtone::stock
