// What a read model is: how outcomes become rows. Everything else (threads, storage, tokens,
// rebuilds) is the view's (view.h).
#pragma once

#include <absl/container/flat_hash_map.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/position.h"
#include "dialtone/ledger/v1/outcome.pb.h"
#include "projections/kernel/key.h"

namespace dialtone::projections {

// One kind of row of a view, told apart from the others by its id. Defined once, beside the rows:
//   inline constexpr RowTable<inventory::v1::PhoneNumber> kNumbers{1};
template <class Row>
struct RowTable {
  std::uint8_t id;  // from 1: table 0 is the view's own
};

// A key as it is stored: the table's byte before the key's parts.
std::string StoredKey(std::uint8_t table, std::string_view key);

// What was written by earlier batches.
class RowSource {
 public:
  virtual ~RowSource() = default;
  virtual std::optional<std::string> Find(const std::string& stored_key) const = 0;
};

// The rows that one batch of outcomes changes. What was put is got back at once; nothing is stored
// before the batch is done. Without a source it stands for an empty view: enough to test a
// projection.
class RowWriter {
 public:
  using Changes = absl::flat_hash_map<std::string, std::optional<std::string>>;  // none: erased

  RowWriter() = default;
  explicit RowWriter(const RowSource& source) : source_(&source) {}

  template <class Row>
  std::optional<Row> Get(RowTable<Row> table, std::string_view key) const {
    const std::string stored_key = StoredKey(table.id, key);
    if (const auto found = updated_.find(stored_key); found != updated_.end())
      return static_cast<const Row&>(*found->second);
    std::optional<Row> row(std::in_place);
    if (!Parse(stored_key, *row)) row.reset();
    return row;
  }
  template <class Row>
  void Put(RowTable<Row> table, std::string_view key, const Row& row) {
    std::string stored_key = StoredKey(table.id, key);
    updated_.erase(stored_key);
    Set(std::move(stored_key), row.SerializeAsString());
  }
  // A row that is not there is no error.
  template <class Row>
  void Erase(RowTable<Row> table, std::string_view key) {
    std::string stored_key = StoredKey(table.id, key);
    updated_.erase(stored_key);
    Set(std::move(stored_key), std::nullopt);
  }
  // Gets the row, a new, empty one if there is none, and puts what `change` makes of it. A row that
  // is updated again in the same batch is not read again.
  template <class Row, class Change>
  void Update(RowTable<Row> table, std::string_view key, Change change) {
    std::string stored_key = StoredKey(table.id, key);
    auto found = updated_.find(stored_key);
    if (found == updated_.end()) {
      auto row = std::make_unique<Row>();
      Parse(stored_key, *row);
      found = updated_.emplace(std::move(stored_key), std::move(row)).first;
    }
    change(static_cast<Row&>(*found->second));
  }

  // The projection does not know this event: the view stops in front of its entry, and says so.
  void Unknown(const google::protobuf::Message& event);

  const Changes& changes();
  const std::optional<std::string>& unknown() const { return unknown_; }

 private:
  // False, and leaves the row empty, if there is none.
  bool Parse(const std::string& stored_key, google::protobuf::Message& row) const;
  void Set(std::string stored_key, std::optional<std::string> row);

  const RowSource* source_ = nullptr;
  Changes changes_;
  // Rows that are newer than in `changes_`. A stored key names a table, and so a type of row.
  absl::flat_hash_map<std::string, std::unique_ptr<google::protobuf::Message>> updated_;
  std::optional<std::string> unknown_;
};

class Projection {
 public:
  virtual ~Projection() = default;
  // A folder's name: lower case letters.
  virtual std::string_view Name() const = 0;
  // Raised whenever the same outcomes would make other rows: the view is then built anew.
  virtual std::uint32_t Version() const = 0;
  // Pure: reads and writes rows through `rows` only, and only such as no other partition's outcomes
  // write. An event of its own slices that it does not know goes to rows.Unknown.
  virtual void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const = 0;
};

}  // namespace dialtone::projections
