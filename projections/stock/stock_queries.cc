#include "projections/stock/stock_queries.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/e164.h"
#include "projections/stock/places.h"
#include "projections/stock/stock_rows.h"

namespace dialtone::projections {

namespace {

using namespace inventory::v1;
using namespace stock::v1;

constexpr std::size_t kBlocksProposed = 32;
// What a proposal chooses from, in the order of their areas: so many that have the whole quantity,
// or so many that have some; and what it may look at to find them.
constexpr std::size_t kHavingAllEnough = 1'024;
constexpr std::size_t kHavingSomeEnough = 4'096;
constexpr std::size_t kBlocksLookedAt = 50'000;

// What one search may look at: some ten milliseconds of one thread.
struct Budget {
  int blocks = 20'000;
  int numbers = 100'000;

  bool spent() const { return blocks <= 0 || numbers <= 0; }
};

bool IsIn(const Area& area, const Area& wanted) {
  const auto fits = [](const std::string& is, const std::string& should_be) {
    return should_be.empty() || is == should_be;
  };
  return fits(area.country(), wanted.country()) && fits(area.region(), wanted.region()) &&
         fits(area.city(), wanted.city()) && fits(area.area_code(), wanted.area_code());
}

// The keys of an area's blocks begin so: as many parts as are named without a gap.
std::string PrefixOf(NumberType type, const Area& area) {
  if (area.country().empty()) return Key(type);
  if (area.region().empty()) return Key(type, area.country());
  if (area.city().empty()) return Key(type, area.country(), area.region());
  return Key(type, area.country(), area.region(), area.city());
}

void ForEachCount(const Snapshot& rows, NumberType type, const Area& area,
                  absl::FunctionRef<Walk(const StockCount&)> visit) {
  rows.ForEach<StockCount>(kStockCounts, {PrefixOf(type, area), "", ""},
                           [&](std::string_view, const StockCount& count) {
                             return IsIn(count.area(), area) ? visit(count) : Walk::kOn;
                           });
}

std::uint32_t Resting(const StockCount& count, Timestamp now) {
  std::uint32_t resting = 0;
  for (const RestingCount& group : count.resting())
    resting += group.until_micros() > now.micros() ? group.count() : 0;
  return resting;
}

std::uint32_t Available(const StockCount& count, Timestamp now) {
  return count.free() - Resting(count, now);
}

// Digits that a number must show.
struct Pattern {
  std::string prefix;
  std::string contains;

  bool Fits(const std::string& digits) const {
    return digits.starts_with(prefix) && digits.find(contains) != std::string::npos;
  }
  // Some number of the block may begin so.
  bool MayFit(std::uint64_t block) const {
    const std::string digits = std::to_string(block);
    return std::equal(
        digits.begin(),
        digits.begin() + static_cast<std::ptrdiff_t>(std::min(digits.size(), prefix.size())),
        prefix.begin());
  }
};

void AddNumbers(const StockRow& row, const Pattern& pattern, Timestamp now, int enough,
                Budget& budget, google::protobuf::RepeatedPtrField<AvailableNumber>& found) {
  std::string resting;
  for (const RestingNumber& number : row.resting()) {
    if (number.until_micros() > now.micros()) AddPlace(resting, number.place());
  }
  ForEachPlace(row.free(), [&](std::uint32_t place) {
    if (found.size() >= enough || budget.numbers-- <= 0) return false;
    const E164 number = E164::FromDigits(row.block() * E164::kNumbersOfBlock + place);
    if (HasPlace(resting, place) || !pattern.Fits(std::to_string(number.digits()))) return true;
    AvailableNumber& available = *found.Add();
    available.set_e164(number.text());
    *available.mutable_area() = row.area();
    return true;
  });
}

// Numbers of the area, in the order of their areas and digits; none of a block that `skip` is for.
// Ends when the budget does.
void Find(const Snapshot& rows, NumberType type, const Area& area, const Pattern& pattern,
          Timestamp now, int enough, absl::FunctionRef<bool(const StockCount&)> skip,
          Budget& budget, google::protobuf::RepeatedPtrField<AvailableNumber>& found) {
  ForEachCount(rows, type, area, [&](const StockCount& count) {
    if (budget.blocks-- <= 0 || budget.spent()) return Walk::kStop;
    if (skip(count) || Available(count, now) == 0 || !pattern.MayFit(count.block()))
      return Walk::kOn;
    AddNumbers(*rows.Get(kStockBlocks, Key(count.block())), pattern, now, enough, budget, found);
    return found.size() < enough ? Walk::kOn : Walk::kStop;
  });
}

NumberBlock BlockOf(const StockRow& row, Timestamp now) {
  NumberBlock block;
  block.set_name("numberBlocks/" + std::to_string(row.block()));
  block.set_type(row.type());
  *block.mutable_area() = row.area();
  const auto rests = [&](const RestingNumber& number) {
    return number.until_micros() > now.micros();
  };
  const auto resting = std::count_if(row.resting().begin(), row.resting().end(), rests);
  block.set_resting(static_cast<std::uint32_t>(resting));
  block.set_available(CountPlaces(row.free()) - block.resting());
  block.set_held(CountPlaces(row.held()));
  block.set_ported(CountPlaces(row.ported()));
  block.set_departed(CountPlaces(row.departed()));
  return block;
}

std::optional<QueryError> CountryMissing(const Area& area) {
  if (!area.country().empty()) return std::nullopt;
  return QueryError::BadField("area.country", "Name the country, by its two capital letters.");
}

struct Candidate {
  bool has_all;         // the whole quantity
  std::uint64_t order;  // of who asks
  std::uint64_t block;
  std::uint32_t available;
};

// Another order of the same blocks for each who asks.
std::uint64_t OrderOf(std::uint64_t block, std::uint64_t who) {
  std::uint64_t mixed = (block ^ who) * 0x9E3779B97F4A7C15U;
  mixed = (mixed ^ (mixed >> 32U)) * 0xBF58476D1CE4E5B9U;
  return mixed ^ (mixed >> 29U);
}

std::vector<Candidate> Candidates(const Snapshot& rows, const Area& area, NumberType type,
                                  std::uint32_t quantity, std::string_view who, Timestamp now) {
  std::vector<Candidate> candidates;
  const std::uint64_t who_hash = KeyHash(who);
  std::size_t having_all = 0;
  std::size_t looked_at = 0;
  ForEachCount(rows, type, area, [&](const StockCount& count) {
    const std::uint32_t available = Available(count, now);
    const bool has_all = available >= quantity;
    if (available > 0) {
      candidates.push_back({has_all, OrderOf(count.block(), who_hash), count.block(), available});
      having_all += has_all ? 1 : 0;
    }
    const bool is_enough = having_all >= kHavingAllEnough ||
                           candidates.size() >= kHavingSomeEnough || ++looked_at >= kBlocksLookedAt;
    return is_enough ? Walk::kStop : Walk::kOn;
  });
  return candidates;
}

}  // namespace

std::vector<std::uint64_t> StockQueries::BlocksWith(const Snapshot& rows, const Area& area,
                                                    NumberType type, std::uint32_t quantity,
                                                    std::string_view who) const {
  std::vector<Candidate> candidates = Candidates(rows, area, type, quantity, who, now_());
  // One block that has all, before many that have some; of the latter, the fullest.
  const auto is_better = [](const Candidate& a, const Candidate& b) {
    if (a.has_all != b.has_all) return a.has_all;
    if (!a.has_all && a.available != b.available) return a.available > b.available;
    return std::pair(a.order, a.block) < std::pair(b.order, b.block);
  };
  const std::size_t proposed = std::min(candidates.size(), kBlocksProposed);
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(proposed),
                    candidates.end(), is_better);
  candidates.resize(proposed);
  std::vector<std::uint64_t> blocks;
  for (const Candidate& candidate : candidates) blocks.push_back(candidate.block);
  return blocks;
}

tl::expected<void, QueryError> StockQueries::SearchNumbers(const Snapshot& rows,
                                                           const SearchNumbersRequest& request,
                                                           SearchNumbersResponse& reply) const {
  if (const auto missing = CountryMissing(request.area())) return tl::unexpected(*missing);
  const Timestamp now = now_();
  const auto enough = static_cast<int>(request.quantity());
  const Pattern pattern{request.prefix(), request.contains()};
  const auto none = [](const StockCount&) { return false; };
  Budget budget;
  Find(rows, request.type(), request.area(), pattern, now, enough, none, budget,
       *reply.mutable_numbers());
  if (reply.numbers_size() == enough) return {};
  reply.set_incomplete(budget.spent());
  if (reply.incomplete()) return {};
  Area near;
  near.set_country(request.area().country());
  near.set_region(request.area().region());
  const auto was_searched = [&](const StockCount& count) {
    return IsIn(count.area(), request.area()) && pattern.MayFit(count.block());
  };
  Find(rows, request.type(), near, {}, now, enough - reply.numbers_size(), was_searched, budget,
       *reply.mutable_nearby());
  return {};
}

tl::expected<void, QueryError> StockQueries::CountNumbers(const Snapshot& rows,
                                                          const CountNumbersRequest& request,
                                                          CountNumbersResponse& reply) const {
  if (const auto missing = CountryMissing(request.area())) return tl::unexpected(*missing);
  const Timestamp now = now_();
  ForEachCount(rows, request.type(), request.area(), [&](const StockCount& count) {
    auto& areas = *reply.mutable_areas();
    const bool is_same = !areas.empty() && areas.rbegin()->area().SerializeAsString() ==
                                               count.area().SerializeAsString();
    AreaCount& area = is_same ? *areas.rbegin() : *areas.Add();
    *area.mutable_area() = count.area();
    area.set_available(area.available() + Available(count, now));
    reply.set_available(reply.available() + Available(count, now));
    return Walk::kOn;
  });
  return {};
}

tl::expected<void, QueryError> StockQueries::GetNumberBlock(const Snapshot& rows,
                                                            const GetNumberBlockRequest& request,
                                                            NumberBlock& reply) const {
  const std::string& name = request.name();
  const std::string digits = name.substr(name.rfind('/') + 1);
  const auto first = E164::Parse("+" + digits + "0000");
  const auto row = first ? rows.Get(kStockBlocks, Key(first->block())) : std::optional<StockRow>();
  if (!row) return tl::unexpected(QueryError::NotFound(name));
  reply = BlockOf(*row, now_());
  return {};
}

tl::expected<void, QueryError> StockQueries::ListNumberBlocks(
    const Snapshot& rows, const ListNumberBlocksRequest& request,
    ListNumberBlocksResponse& reply) const {
  const Timestamp now = now_();
  const auto fits = [&](const StockRow& row) {
    const bool right_type =
        request.type() == NUMBER_TYPE_UNSPECIFIED || row.type() == request.type();
    return right_type && IsIn(row.area(), request.area());
  };
  const auto next =
      Page<StockRow>(rows, kStockBlocks, "", request, pages(), fits,
                     [&](const StockRow& row) { *reply.add_number_blocks() = BlockOf(row, now); });
  if (!next)
    return tl::unexpected(QueryError::BadField(next.error().path, next.error().description));
  reply.set_next_page_token(*next);
  return {};
}

std::map<inventory::v1::NumberType, NumberTotals> NumbersByType(const Snapshot& rows,
                                                                Timestamp now) {
  std::map<inventory::v1::NumberType, NumberTotals> by_type;
  rows.ForEach<StockCount>(kStockCounts, {}, [&](std::string_view, const StockCount& count) {
    NumberTotals& totals = by_type[count.type()];
    totals.free += Available(count, now);
    totals.resting += Resting(count, now);
    totals.held += count.held();
    return Walk::kOn;
  });
  return by_type;
}

}  // namespace dialtone::projections
