#include "controlplane/engine/runtime/row_store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kWriteBufferBytes = 32U << 20U;

std::string StoreKey(std::uint32_t partition, std::string_view key) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8)
    bytes += static_cast<char>(partition >> shift & 0xFFU);
  return bytes.append(key);
}

// Rows can be had again from the ledger, but not beside a disk that fails: the process ends, the
// next start decides.
void MustBeOk(const rocksdb::Status& status) {
  DIALTONE_CHECK(status.ok(), "row store: " + status.ToString());
}

rocksdb::WriteOptions WithoutLog() {
  rocksdb::WriteOptions options;
  options.disableWAL = true;
  return options;
}

}  // namespace

void MemoryRowStore::Write(std::uint32_t partition, const RowBatch& rows) {
  auto& stored = rows_[partition];
  for (const RowChange& change : rows) {
    if (change.row) {
      stored[change.key] = *change.row;
    } else {
      stored.erase(change.key);
    }
  }
}

std::optional<std::string> MemoryRowStore::Find(std::uint32_t partition,
                                                std::string_view key) const {
  const auto rows = rows_.find(partition);
  if (rows == rows_.end()) return std::nullopt;
  const auto found = rows->second.find(key);
  return found == rows->second.end() ? std::nullopt : std::optional(found->second);
}

void MemoryRowStore::ForEach(
    std::uint32_t partition,
    absl::FunctionRef<void(std::string_view, const std::string&)> visit) const {
  const auto rows = rows_.find(partition);
  if (rows == rows_.end()) return;
  for (const auto& [key, row] : rows->second) visit(key, row);
}

tl::expected<std::unique_ptr<RocksRowStore>, std::string> RocksRowStore::Open(
    const std::string& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = kWriteBufferBytes;
  options.compression = rocksdb::kLZ4Compression;
  options.avoid_flush_during_shutdown = false;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, folder, &db);
  if (!status.ok()) return tl::unexpected<std::string>(folder + ": " + status.ToString());
  return std::unique_ptr<RocksRowStore>(new RocksRowStore(std::unique_ptr<rocksdb::DB>(db)));
}

RocksRowStore::RocksRowStore(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}
RocksRowStore::~RocksRowStore() = default;

void RocksRowStore::Write(std::uint32_t partition, const RowBatch& rows) {
  rocksdb::WriteBatch batch;
  for (const RowChange& change : rows) {
    const std::string key = StoreKey(partition, change.key);
    MustBeOk(change.row ? batch.Put(key, *change.row) : batch.Delete(key));
  }
  MustBeOk(db_->Write(WithoutLog(), &batch));
}

std::optional<std::string> RocksRowStore::Find(std::uint32_t partition,
                                               std::string_view key) const {
  std::string row;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), StoreKey(partition, key), &row);
  if (status.IsNotFound()) return std::nullopt;
  MustBeOk(status);
  return row;
}

void RocksRowStore::ForEach(
    std::uint32_t partition,
    absl::FunctionRef<void(std::string_view, const std::string&)> visit) const {
  const std::string prefix = StoreKey(partition, {});
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(rocksdb::ReadOptions()));
  for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
    rocksdb::Slice key = rows->key();
    key.remove_prefix(prefix.size());
    visit(key.ToStringView(), rows->value().ToString());
  }
  MustBeOk(rows->status());
}

void RocksRowStore::Flush() { MustBeOk(db_->Flush(rocksdb::FlushOptions())); }

}  // namespace dialtone::engine
