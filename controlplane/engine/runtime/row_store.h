// Rows at the valid head of each partition: the checkpoint, the warm standby, the source of
// owner-side reads. Written in one batch per valid entry, without a log of its own: after a crash
// it is at some earlier entry, whole, and the ledger tells the rest.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/function_ref.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "controlplane/engine/runtime/machine.h"

namespace rocksdb {
class DB;
}

namespace dialtone::engine {

class RowStore {
 public:
  virtual ~RowStore() = default;
  // Atomic; later batches never survive a crash that an earlier one does not.
  virtual void Write(std::uint32_t partition, const RowBatch& rows) = 0;
  virtual std::optional<std::string> Find(std::uint32_t partition, std::string_view key) const = 0;
  // All rows of the partition in the order of their keys.
  virtual void ForEach(
      std::uint32_t partition,
      absl::FunctionRef<void(std::string_view key, const std::string& row)> visit) const = 0;
  // Makes what was written so far survive a crash.
  virtual void Flush() = 0;
};

class MemoryRowStore final : public RowStore {
 public:
  void Write(std::uint32_t partition, const RowBatch& rows) override;
  std::optional<std::string> Find(std::uint32_t partition, std::string_view key) const override;
  void ForEach(std::uint32_t partition,
               absl::FunctionRef<void(std::string_view, const std::string&)> visit) const override;
  void Flush() override { flushed_ = rows_; }

  // What a crash leaves: the rows as they were flushed.
  void Crash() { rows_ = flushed_; }

 private:
  std::map<std::uint32_t, std::map<std::string, std::string, std::less<>>> rows_;
  std::map<std::uint32_t, std::map<std::string, std::string, std::less<>>> flushed_;
};

// Gathers rows in memory before they go to RocksDB: the balance of a busy account is written once
// for hundreds of entries. For one thread, the loop's.
class RocksRowStore final : public RowStore {
 public:
  // The error says what stands in the way.
  static tl::expected<std::unique_ptr<RocksRowStore>, std::string> Open(const std::string& folder);
  ~RocksRowStore() override;

  void Write(std::uint32_t partition, const RowBatch& rows) override;
  std::optional<std::string> Find(std::uint32_t partition, std::string_view key) const override;
  void ForEach(std::uint32_t partition,
               absl::FunctionRef<void(std::string_view, const std::string&)> visit) const override;
  void Flush() override;

 private:
  explicit RocksRowStore(std::unique_ptr<rocksdb::DB> db);
  void WriteGathered() const;

  const std::unique_ptr<rocksdb::DB> db_;
  // By key: the newest row, of whole entries; null: erased.
  mutable absl::flat_hash_map<std::string, std::optional<std::string>> gathered_;
  mutable std::size_t gathered_bytes_ = 0;
};

}  // namespace dialtone::engine
