#include "projections/stock/stock_rows.h"

#include <map>

#include "projections/stock/places.h"

namespace dialtone::projections {

namespace {

using namespace stock::v1;

void StopResting(StockRow& row, std::uint32_t place) {
  auto& resting = *row.mutable_resting();
  for (int i = 0; i < resting.size(); ++i) {
    if (resting.Get(i).place() != place) continue;
    resting.DeleteSubrange(i, 1);
    return;
  }
}

void Apply(const NumbersLoaded& event, StockRow& row) {
  row.set_type(event.type());
  *row.mutable_area() = event.area();
  for (std::uint32_t place = event.first(); place <= event.last(); ++place) {
    if (!HasPlace(row.held(), place) && !HasPlace(row.departed(), place))
      AddPlace(*row.mutable_free(), place);
  }
}

void Apply(const NumbersWithdrawn& event, StockRow& row) {
  for (std::uint32_t place = event.first(); place <= event.last(); ++place) {
    RemovePlace(*row.mutable_free(), place);
    StopResting(row, place);
  }
}

void Apply(const NumbersHeld& event, StockRow& row) {
  for (const std::uint32_t place : event.places()) {
    RemovePlace(*row.mutable_free(), place);
    StopResting(row, place);
    AddPlace(*row.mutable_held(), place);
    if (event.ported()) AddPlace(*row.mutable_ported(), place);
  }
}

void Apply(const NumbersFreed& event, StockRow& row) {
  for (const std::uint32_t place : event.places()) {
    RemovePlace(*row.mutable_held(), place);
    if (HasPlace(row.ported(), place)) {
      RemovePlace(*row.mutable_ported(), place);
      if (!HasPlace(row.departed(), place) || event.cool_until_micros() == 0) continue;
      RemovePlace(*row.mutable_departed(), place);  // it has come home
    }
    AddPlace(*row.mutable_free(), place);
    if (event.cool_until_micros() == 0) continue;
    RestingNumber& resting = *row.add_resting();
    resting.set_place(place);
    resting.set_until_micros(event.cool_until_micros());
  }
}

void Apply(const NumbersPortedOut& event, StockRow& row) {
  for (const std::uint32_t place : event.places()) {
    RemovePlace(*row.mutable_held(), place);
    if (HasPlace(row.ported(), place)) {
      RemovePlace(*row.mutable_ported(), place);
    } else {
      AddPlace(*row.mutable_departed(), place);
    }
  }
}

// What has rested long enough by now is free like the others.
void Wake(StockRow& row, Timestamp now) {
  auto& resting = *row.mutable_resting();
  int kept = 0;
  for (int i = 0; i < resting.size(); ++i) {
    if (resting.Get(i).until_micros() > now.micros()) resting.SwapElements(i, kept++);
  }
  resting.DeleteSubrange(kept, resting.size() - kept);
}

StockCount CountOf(const StockRow& row) {
  StockCount count;
  count.set_block(row.block());
  count.set_type(row.type());
  *count.mutable_area() = row.area();
  count.set_free(CountPlaces(row.free()));
  count.set_held(CountPlaces(row.held()));
  std::map<std::int64_t, std::uint32_t> resting;
  for (const RestingNumber& number : row.resting()) ++resting[number.until_micros()];
  for (const auto& [until, numbers] : resting) {
    RestingCount& group = *count.add_resting();
    group.set_until_micros(until);
    group.set_count(numbers);
  }
  return count;
}

// `event`: of one block.
template <class E>
void Change(const E& event, Moment at, RowWriter& rows) {
  const std::string key = Key(event.block());
  StockRow row = rows.Get(kStockBlocks, key).value_or(StockRow());
  row.set_block(event.block());
  Wake(row, at.time);
  Apply(event, row);
  rows.Put(kStockBlocks, key, row);
  if (row.type() == inventory::v1::NUMBER_TYPE_UNSPECIFIED) return;
  const inventory::v1::Area& area = row.area();
  rows.Put(
      kStockCounts,
      Key(row.type(), area.country(), area.region(), area.city(), area.area_code(), row.block()),
      CountOf(row));
}

}  // namespace

void Project(const StockEvent& event, Moment at, RowWriter& rows) {
  switch (event.event_case()) {
    case StockEvent::kNumbersLoaded:
      return Change(event.numbers_loaded(), at, rows);
    case StockEvent::kNumbersWithdrawn:
      return Change(event.numbers_withdrawn(), at, rows);
    case StockEvent::kNumbersHeld:
      return Change(event.numbers_held(), at, rows);
    case StockEvent::kNumbersFreed:
      return Change(event.numbers_freed(), at, rows);
    case StockEvent::kNumbersPortedOut:
      return Change(event.numbers_ported_out(), at, rows);
    case StockEvent::EVENT_NOT_SET:
      return rows.Unknown(event);
  }
}

}  // namespace dialtone::projections
