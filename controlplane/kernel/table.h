// Rows of an aggregate's state, in the order of their keys. A table remembers which rows an entry
// touched, so that these alone are written to disk, and read back when the entry turns out void.
#pragma once

#include <absl/functional/function_ref.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dialtone {

// How a key stands on disk: as bytes that sort like the key.
inline std::string ToRowKey(const std::string& key) { return key; }
inline std::string ToRowKey(std::uint64_t key) {
  std::string bytes(sizeof(key), '\0');
  for (std::size_t i = sizeof(key); i-- > 0; key >>= 8U) bytes[i] = static_cast<char>(key & 0xFFU);
  return bytes;
}
inline void FromRowKey(std::string_view bytes, std::string& key) { key = std::string(bytes); }
inline void FromRowKey(std::string_view bytes, std::uint64_t& key) {
  key = 0;
  for (const char byte : bytes) key = key << 8U | static_cast<unsigned char>(byte);
}

// What the engine sees of a table: bytes.
class AnyTable {
 public:
  using Visit = absl::FunctionRef<void(std::string_view key, std::string_view row)>;
  using VisitTouched =
      absl::FunctionRef<void(std::string_view key, const std::string* row)>;  // null: erased

  virtual ~AnyTable() = default;
  // Each row that was touched since the last call, once, as it is now.
  virtual void DrainTouched(VisitTouched visit) = 0;
  // Sets (or, with null, erases) a row without touching it. REQUIRES: bytes that this table has
  // given.
  virtual void Restore(std::string_view key, const std::string* row) = 0;
  // All rows in the order of their keys.
  virtual void ForEachRow(Visit visit) const = 0;
};

// Row is a protobuf message, the one that the API returns wherever there is one.
template <class Key, class Row>
class Table : public AnyTable {
 public:
  const Row* Find(const Key& key) const {
    const auto found = rows_.find(key);
    return found == rows_.end() ? nullptr : &found->second;
  }
  bool Has(const Key& key) const { return rows_.contains(key); }
  // The row to be changed: a new, empty one if there is none. Valid until the row is erased.
  Row& Put(const Key& key) {
    if (touched_.empty() || touched_.back() != key) touched_.push_back(key);
    return rows_[key];
  }
  void Erase(const Key& key) {
    if (rows_.erase(key) > 0) touched_.push_back(key);
  }
  std::size_t size() const { return rows_.size(); }
  bool empty() const { return rows_.empty(); }
  auto begin() const { return rows_.begin(); }
  auto end() const { return rows_.end(); }
  // The rows from the first key that is not before `key`.
  auto From(const Key& key) const { return rows_.lower_bound(key); }

  void DrainTouched(VisitTouched visit) override {
    std::sort(touched_.begin(), touched_.end());
    touched_.erase(std::unique(touched_.begin(), touched_.end()), touched_.end());
    for (const Key& key : touched_) {
      const Row* const row = Find(key);
      const std::string bytes = row == nullptr ? std::string() : row->SerializeAsString();
      visit(ToRowKey(key), row == nullptr ? nullptr : &bytes);
    }
    touched_.clear();
  }
  void Restore(std::string_view key, const std::string* row) override {
    Key parsed;
    FromRowKey(key, parsed);
    if (row == nullptr) {
      rows_.erase(parsed);
    } else {
      rows_[parsed].ParseFromString(*row);
    }
  }
  void ForEachRow(Visit visit) const override {
    for (const auto& [key, row] : rows_) visit(ToRowKey(key), row.SerializeAsString());
  }

 private:
  std::map<Key, Row> rows_;
  std::vector<Key> touched_;
};

// A table of one row: what the aggregate has once.
template <class Row>
class Single : public AnyTable {
 public:
  const Row& get() const { return row_; }
  bool exists() const { return exists_; }
  Row& Put() {
    touched_ = exists_ = true;
    return row_;
  }

  void DrainTouched(VisitTouched visit) override {
    if (!std::exchange(touched_, false)) return;
    const std::string bytes = row_.SerializeAsString();
    visit("", &bytes);
  }
  void Restore(std::string_view, const std::string* row) override {
    exists_ = row != nullptr;
    row_.Clear();
    if (exists_) row_.ParseFromString(*row);
  }
  void ForEachRow(Visit visit) const override {
    if (exists_) visit("", row_.SerializeAsString());
  }

 private:
  Row row_;
  bool exists_ = false;
  bool touched_ = false;
};

}  // namespace dialtone
