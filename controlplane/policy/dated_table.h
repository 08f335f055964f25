// Rows that hold from a day on, by key: the latest that has begun counts.
#pragma once

#include <iterator>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/day.h"

namespace dialtone::policy {

template <class Row>
class DatedTable {
 public:
  // REQUIRES: `row.valid_from()` is a day; `row` outlives the table.
  void Put(std::string key, const Row& row) {
    rows_[std::move(key)][StartOf(*ParseDay(row.valid_from()))] = &row;
  }

  // Null: no such key, or nothing that early.
  const Row* Find(std::string_view key, Timestamp at) const {
    const auto dated = rows_.find(key);
    if (dated == rows_.end()) return nullptr;
    const auto after = dated->second.upper_bound(at);
    return after == dated->second.begin() ? nullptr : std::prev(after)->second;
  }

  // The row that follows it; null: none.
  const Row* After(std::string_view key, Timestamp at) const {
    const auto dated = rows_.find(key);
    if (dated == rows_.end()) return nullptr;
    const auto after = dated->second.upper_bound(at);
    return after == dated->second.end() ? nullptr : after->second;
  }

  // In key order.
  std::vector<const Row*> AllAt(Timestamp at) const {
    std::vector<const Row*> found;
    for (const auto& [key, dated] : rows_) {
      const auto after = dated.upper_bound(at);
      if (after != dated.begin()) found.push_back(std::prev(after)->second);
    }
    return found;
  }

 private:
  std::map<std::string, std::map<Timestamp, const Row*>, std::less<>> rows_;
};

}  // namespace dialtone::policy
