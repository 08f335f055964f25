// A view's rows as they were after one batch: what a query reads. Stays as it is while the view
// goes on.
#pragma once

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/token.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// By partition: the last entry that the rows show; 0 before the first.
using Positions = std::vector<std::uint64_t>;

// Keys that begin with `prefix`, from the first that is not before `from`, or is behind `after`.
// All of them as Key makes them.
struct KeyRange {
  std::string prefix;
  std::string from;
  std::string after;
};

enum class Walk : std::uint8_t { kOn, kStop };

template <class Row>
struct KeyedRow {
  std::string key;
  Row row;
};

// Cheap to copy. Any thread.
class Snapshot {
 public:
  // The rows beneath: implemented over RocksDB by view_store.h.
  class Rows : public RowSource {
   public:
    virtual void ForEach(
        const std::string& stored_prefix, const std::string& stored_from,
        absl::FunctionRef<Walk(std::string_view stored_key, std::string_view row)> visit) const = 0;
  };

  Snapshot(std::shared_ptr<const Rows> rows, std::string cluster_id, Positions positions)
      : rows_(std::move(rows)),
        cluster_id_(std::move(cluster_id)),
        positions_(std::make_shared<const Positions>(std::move(positions))) {}

  template <class Row>
  std::optional<Row> Get(RowTable<Row> table, std::string_view key) const {
    const std::optional<std::string> bytes = rows_->Find(StoredKey(table.id, key));
    if (!bytes) return std::nullopt;
    return Parse<Row>(*bytes);
  }

  // The rows in the order of their keys, until there are no more or `visit(key, row)` says kStop.
  template <class Row>
  void ForEach(RowTable<Row> table, const KeyRange& range,
               absl::FunctionRef<Walk(std::string_view key, const Row& row)> visit) const {
    Row row;
    ForEachBytes(table.id, range, [&](std::string_view key, std::string_view bytes) {
      DIALTONE_CHECK(row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())),
                     row.GetTypeName() + " that cannot be read");
      return visit(key, row);
    });
  }

  // The first `limit` rows.
  template <class Row>
  std::vector<KeyedRow<Row>> Scan(RowTable<Row> table, const KeyRange& range,
                                  std::size_t limit) const {
    std::vector<KeyedRow<Row>> rows;
    if (limit == 0) return rows;
    ForEach<Row>(table, range, [&](std::string_view key, const Row& row) {
      rows.push_back({std::string(key), row});
      return rows.size() < limit ? Walk::kOn : Walk::kStop;
    });
    return rows;
  }

  const std::string& cluster_id() const { return cluster_id_; }
  const Positions& positions() const { return *positions_; }
  // What the answer that is made of these rows shows: for its metadata.
  ConsistencyToken token() const;

 private:
  template <class Row>
  static Row Parse(const std::string& bytes) {
    Row row;
    DIALTONE_CHECK(row.ParseFromString(bytes), row.GetTypeName() + " that cannot be read");
    return row;
  }
  void ForEachBytes(
      std::uint8_t table, const KeyRange& range,
      absl::FunctionRef<Walk(std::string_view key, std::string_view row)> visit) const;

  std::shared_ptr<const Rows> rows_;
  std::string cluster_id_;
  std::shared_ptr<const Positions> positions_;
};

}  // namespace dialtone::projections
