#include "projections/kernel/snapshot.h"

#include <algorithm>

namespace dialtone::projections {

ConsistencyToken Snapshot::token() const {
  ConsistencyToken token(cluster_id_);
  for (std::uint32_t partition = 0; partition < positions_->size(); ++partition)
    token.Add({partition, (*positions_)[partition]});
  return token;
}

void Snapshot::ForEachBytes(
    std::uint8_t table, const KeyRange& range,
    absl::FunctionRef<Walk(std::string_view, std::string_view)> visit) const {
  const std::string prefix = StoredKey(table, range.prefix);
  // The first key behind `after` is at least `after` and one byte more.
  const std::string behind = range.after.empty() ? "" : range.after + '\0';
  const std::string from = StoredKey(table, std::max({range.prefix, range.from, behind}));
  rows_->ForEach(prefix, from, [&](std::string_view stored_key, std::string_view row) {
    return visit(stored_key.substr(1), row);
  });
}

}  // namespace dialtone::projections
