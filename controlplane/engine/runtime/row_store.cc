#include "controlplane/engine/runtime/row_store.h"

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kWriteBufferBytes = 32U << 20U;
constexpr std::size_t kGatheredBytesMax = 256U << 10U;

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
RocksRowStore::~RocksRowStore() { WriteGathered(); }

void RocksRowStore::Write(std::uint32_t partition, const RowBatch& rows) {
  for (const RowChange& change : rows) {
    auto [place, is_new] = gathered_.try_emplace(StoreKey(partition, change.key));
    gathered_bytes_ += (is_new ? place->first.size() : 0) + (change.row ? change.row->size() : 0);
    place->second = change.row;
  }
  if (gathered_bytes_ > kGatheredBytesMax) WriteGathered();
}

// In the order of their keys: the memtable then finds each place from the one before.
void RocksRowStore::WriteGathered() const {
  std::vector<const decltype(gathered_)::value_type*> sorted;
  sorted.reserve(gathered_.size());
  for (const auto& row : gathered_) sorted.push_back(&row);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  rocksdb::WriteBatch batch;
  for (const auto* const row : sorted)
    MustBeOk(row->second ? batch.Put(row->first, *row->second) : batch.Delete(row->first));
  MustBeOk(db_->Write(WithoutLog(), &batch));
  gathered_.clear();
  gathered_bytes_ = 0;
}

std::optional<std::string> RocksRowStore::Find(std::uint32_t partition,
                                               std::string_view key) const {
  const std::string stored_key = StoreKey(partition, key);
  if (const auto found = gathered_.find(stored_key); found != gathered_.end()) return found->second;
  std::string row;
  const rocksdb::Status status = db_->Get(rocksdb::ReadOptions(), stored_key, &row);
  if (status.IsNotFound()) return std::nullopt;
  MustBeOk(status);
  return row;
}

void RocksRowStore::ForEach(
    std::uint32_t partition,
    absl::FunctionRef<void(std::string_view, const std::string&)> visit) const {
  WriteGathered();
  const std::string prefix = StoreKey(partition, {});
  const std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(rocksdb::ReadOptions()));
  for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next()) {
    rocksdb::Slice key = rows->key();
    key.remove_prefix(prefix.size());
    visit(key.ToStringView(), rows->value().ToString());
  }
  MustBeOk(rows->status());
}

void RocksRowStore::Flush() {
  WriteGathered();
  MustBeOk(db_->Flush(rocksdb::FlushOptions()));
}

}  // namespace dialtone::engine
