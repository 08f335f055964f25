// Questions to the stock view: which numbers can be had, and where to look for some.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/kernel/query_error.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/stock/v1/stock_service.pb.h"
#include "projections/kernel/queries.h"

namespace dialtone::projections {

class StockQueries : public Queries {
 public:
  using Now = std::function<Timestamp()>;  // ledger time, about: what has rested until then is free

  StockQueries(View* view, PageLimits pages, Now now)
      : Queries(view, pages), now_(std::move(now)) {}

  // Blocks that a reservation may ask, in order; enough for the quantity if there are enough. Who
  // asks decides which of equal blocks comes first, so that two do not ask the same one.
  std::vector<std::uint64_t> BlocksWith(const inventory::v1::Area& area,
                                        inventory::v1::NumberType type, std::uint32_t quantity,
                                        std::string_view who) const {
    return BlocksWith(Newest(), area, type, quantity, who);
  }
  std::vector<std::uint64_t> BlocksWith(const Snapshot& rows, const inventory::v1::Area& area,
                                        inventory::v1::NumberType type, std::uint32_t quantity,
                                        std::string_view who) const;

  tl::expected<void, QueryError> SearchNumbers(const Snapshot& rows,
                                               const inventory::v1::SearchNumbersRequest& request,
                                               inventory::v1::SearchNumbersResponse& reply) const;
  tl::expected<void, QueryError> CountNumbers(const Snapshot& rows,
                                              const inventory::v1::CountNumbersRequest& request,
                                              inventory::v1::CountNumbersResponse& reply) const;
  tl::expected<void, QueryError> GetNumberBlock(const Snapshot& rows,
                                                const stock::v1::GetNumberBlockRequest& request,
                                                stock::v1::NumberBlock& reply) const;
  tl::expected<void, QueryError> ListNumberBlocks(const Snapshot& rows,
                                                  const stock::v1::ListNumberBlocksRequest& request,
                                                  stock::v1::ListNumberBlocksResponse& reply) const;

 private:
  Now now_;
};

// All of a type's numbers in blocks that were ever loaded: for metrics.
struct NumberTotals {
  std::uint64_t free = 0;
  std::uint64_t resting = 0;  // free, but not yet to be had
  std::uint64_t held = 0;
};
std::map<inventory::v1::NumberType, NumberTotals> NumbersByType(const Snapshot& rows,
                                                                Timestamp now);

}  // namespace dialtone::projections
