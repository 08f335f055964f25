#include "controlplane/domain/stock/decide.h"

#include <string>
#include <utility>

#include "controlplane/domain/stock/rules.h"
#include "controlplane/kernel/e164.h"

namespace dialtone::stock {

namespace {

// A range of one block, by the last four digits.
struct Range {
  std::uint64_t block;
  std::uint32_t first;
  std::uint32_t last;
};

template <class Request>
Rules& RequireRange(Rules& rules, const Request& request) {
  const E164 first = *E164::Parse(request.first());
  const E164 last = *E164::Parse(request.last());
  return rules.Require(first.block() == last.block() && first <= last, RANGE_BEYOND_BLOCK,
                       Named{"first", first}, Named{"last", last});
}

template <class Request>
Range RangeOf(const Request& request) {
  const E164 first = *E164::Parse(request.first());
  return {first.block(), first.place(), E164::Parse(request.last())->place()};
}

bool SameKind(const BlockRow& block, const LoadNumbersRequest& request) {
  return block.type() == request.type() &&
         block.area().SerializeAsString() == request.area().SerializeAsString();
}

std::uint32_t CountFree(const State& state, const Range& range) {
  std::uint32_t count = 0;
  for (std::uint32_t place = range.first; place <= range.last; ++place)
    count += IsFree(state, place) ? 1 : 0;
  return count;
}

std::uint32_t CountHeld(const State& state, const Range& range) {
  std::uint32_t count = 0;
  for (auto holder = state.holders.From(range.first);
       holder != state.holders.end() && holder->first <= range.last; ++holder) {
    ++count;
  }
  return count;
}

// Known already, and not free to be held by anybody.
std::uint32_t CountDeparted(const State& state, const Range& range) {
  std::uint32_t count = 0;
  for (auto row = state.departed.From(range.first);
       row != state.departed.end() && row->first <= range.last; ++row) {
    count += state.holders.Has(row->first) ? 0 : 1;
  }
  return count;
}

template <class Step>
bool IsTheirs(const State& state, std::uint32_t place, const Step& step) {
  const HolderRow* const holder = state.holders.Find(place);
  return holder != nullptr && holder->organization() == step.organization() &&
         holder->hold() == step.hold();
}

bool CanBeHeld(const State& state, std::uint32_t place, const HoldNumbers& hold, Timestamp now) {
  if (hold.ported()) return !IsFree(state, place) && !state.holders.Has(place);
  const bool rests = IsCooling(state, place, now) &&
                     !(hold.restoring() && IsCoolingFor(state, place, hold.organization()));
  return IsFree(state, place) && !rests;
}

}  // namespace

Verdict<LoadNumbersResponse> Decide(const LoadNumbersRequest& request,
                                    const dialtone::NumberBlock& block, Context& context) {
  const BlockRow& row = block.stock.block.get();

  Rules rules = context.rules();
  RequireRange(rules, request)
      .Require(row.type() == 0 || SameKind(row, request), BLOCK_OF_OTHER_KIND,
               Named{"type", row.type()}, Named{"area", row.area().ShortDebugString()});
  if (!rules) return rules.refusal();

  const Range range = RangeOf(request);
  NumbersLoaded loaded;
  loaded.set_block(range.block);
  loaded.set_type(request.type());
  *loaded.mutable_area() = request.area();
  loaded.set_first(range.first);
  loaded.set_last(range.last);
  LoadNumbersResponse response;
  response.set_block(BlockOf(range.block).key.text());
  response.set_loaded(range.last - range.first + 1 - CountFree(block.stock, range) -
                      CountHeld(block.stock, range) - CountDeparted(block.stock, range));
  return Replied(std::move(response), std::move(loaded));
}

Verdict<WithdrawNumbersResponse> Decide(const WithdrawNumbersRequest& request,
                                        const dialtone::NumberBlock& block, Context& context) {
  Rules rules = context.rules();
  RequireRange(rules, request);
  if (!rules) return rules.refusal();

  const Range range = RangeOf(request);
  NumbersWithdrawn withdrawn;
  withdrawn.set_block(range.block);
  withdrawn.set_first(range.first);
  withdrawn.set_last(range.last);
  WithdrawNumbersResponse response;
  response.set_block(BlockOf(range.block).key.text());
  response.set_withdrawn(CountFree(block.stock, range));
  return Replied(std::move(response), std::move(withdrawn));
}

// The lowest free numbers, or as many as there are; of the wanted ones, those that can be had.
Verdict<Nothing> Decide(const HoldNumbers& hold, const dialtone::NumberBlock& block,
                        Context& context) {
  NumbersHeld held;
  held.set_block(hold.block());
  held.set_organization(hold.organization());
  held.set_hold(hold.hold());
  held.set_ported(hold.ported());
  const BlockRow& row = block.stock.block.get();
  *held.mutable_area() = row.area();
  const bool right_type = hold.ported() || hold.restoring() || row.type() == hold.type();
  const auto take = [&](std::uint32_t place) {
    if (right_type && CanBeHeld(block.stock, place, hold, context.now())) held.add_places(place);
  };
  if (!hold.places().empty()) {
    for (const std::uint32_t place : hold.places()) take(place);
  } else {
    const auto enough = static_cast<int>(hold.quantity());
    for (std::uint32_t place = 0; place < kNumbersOfBlock && held.places_size() < enough; ++place)
      take(place);
  }
  return Done(std::move(held));
}

Verdict<Nothing> Decide(const FreeNumbers& free, const dialtone::NumberBlock& block, Context&) {
  NumbersFreed freed;
  freed.set_block(free.block());
  freed.set_organization(free.organization());
  freed.set_hold(free.hold());
  freed.set_cool_until_micros(free.cool_until_micros());
  for (const std::uint32_t place : free.places()) {
    if (IsTheirs(block.stock, place, free)) freed.add_places(place);
  }
  return Done(std::move(freed));
}

Verdict<Nothing> Decide(const PortOutNumbers& out, const dialtone::NumberBlock& block, Context&) {
  NumbersPortedOut gone;
  gone.set_block(out.block());
  gone.set_organization(out.organization());
  gone.set_hold(out.hold());
  gone.set_gaining_carrier(out.gaining_carrier());
  for (const std::uint32_t place : out.places()) {
    if (IsTheirs(block.stock, place, out)) gone.add_places(place);
  }
  return Done(std::move(gone));
}

}  // namespace dialtone::stock
