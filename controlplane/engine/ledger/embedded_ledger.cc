#include "controlplane/engine/ledger/embedded_ledger.h"

#include <rocksdb/db.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <chrono>
#include <string>
#include <system_error>
#include <utility>

#include "controlplane/engine/ledger/embedded_verify.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kMiB = 1 << 20;

// The log is RocksDB's write-ahead log, synced by each write; tables are written behind it. A torn
// last write was never acknowledged and may go; a flipped bit anywhere before stops the start. That
// mode excludes recycled log files.
void KeepEverything(rocksdb::Options& options) {
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.paranoid_checks = true;
  options.track_and_verify_wals_in_manifest = true;
  options.recycle_log_file_num = 0;
  options.manual_wal_flush = false;
}

// Keys come in order within each partition, and are read in order, mostly soon: few and large
// tables, no bloom filters.
void TuneForAppending(rocksdb::Options& options) {
  options.write_buffer_size = 64 * kMiB;
  options.max_write_buffer_number = 4;
  options.target_file_size_base = 64 * kMiB;
  options.max_bytes_for_level_base = 512 * kMiB;
  options.compression = rocksdb::kLZ4Compression;
  options.allow_concurrent_memtable_write = false;
  options.enable_write_thread_adaptive_yield = false;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 32 * 1024;
  table.checksum = rocksdb::kXXH3;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
}

void KeepQuiet(rocksdb::Options& options) {
  options.keep_log_file_num = 4;
  options.info_log_level = rocksdb::InfoLogLevel::WARN_LEVEL;
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
}

rocksdb::Options LogOptions() {
  rocksdb::Options options;
  KeepEverything(options);
  TuneForAppending(options);
  KeepQuiet(options);
  return options;
}

LedgerExpected<std::unique_ptr<rocksdb::DB>> OpenLog(const std::filesystem::path& directory,
                                                     const rocksdb::Options& options) {
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(options, (directory / "log").string(), &db);
  if (status.ok()) return std::unique_ptr<rocksdb::DB>(db);
  const std::string text = status.ToString();
  if (status.IsIOError() && text.find("/LOCK") != std::string::npos) {
    return Refuse(LedgerFault::kInUse, "another dialtoned owns " + directory.string());
  }
  return Refuse(status.IsIOError() ? LedgerFault::kSystem : LedgerFault::kDamaged,
                directory.string() + " cannot be opened: " + text);
}

bool IsEmpty(rocksdb::DB& db) {
  const std::unique_ptr<rocksdb::Iterator> first(db.NewIterator({}));
  first->SeekToFirst();
  return !first->Valid() && first->status().ok();
}

// Puts the record in its place, and makes it the partition's end.
Tail PutRecord(rocksdb::WriteBatch& batch, const RecordPlace& place, std::string_view record) {
  const std::string key = RecordKey(place);
  const Digest digest = RecordDigest(key, record);
  const std::string_view seal = SealOf(digest);
  const rocksdb::Slice key_part = key;
  const std::array<rocksdb::Slice, 2> value_parts = {rocksdb::Slice(seal.data(), seal.size()),
                                                     rocksdb::Slice(record.data(), record.size())};
  batch.Put(rocksdb::SliceParts(&key_part, 1), rocksdb::SliceParts(value_parts.data(), 2));
  return {place.offset, digest};
}

void PutTail(rocksdb::WriteBatch& batch, std::uint32_t partition, const Tail& tail) {
  batch.Put(TailKey(partition), TailValue(tail));
}

}  // namespace

class EmbeddedLedgerStore::Partition final : public Ledger {
 public:
  Partition(EmbeddedLedgerStore& store, std::uint32_t number, Offset end)
      : store_(store), number_(number), written_end_(end) {}

  void Append(std::string record, Cookie cookie) override {
    const std::lock_guard lock(store_.append_mutex_);
    pending_.push_back(std::move(record));
    open_.push_back(cookie);
  }

  // The write is synchronous: behind it everything is stored, and there is nothing to wait for.
  void Poll(Duration, absl::FunctionRef<void(Cookie, const AppendResult&)> completed) override {
    std::vector<Cookie> stored;
    Offset offset = 0;
    {
      const std::lock_guard lock(store_.append_mutex_);
      store_.Flush();
      stored.swap(open_);
      offset = written_end_ - stored.size();
    }
    for (const Cookie cookie : stored) completed(cookie, {AppendFate::kStored, offset++});
  }

  ReadResult Read(Offset from, std::size_t bytes_max, Duration wait) const override {
    return store_.Read(number_, from, bytes_max, wait);
  }
  Offset End() const override { return store_.End(number_); }
  // Whoever meets damage in the folder ends the process.
  std::string Damage() const override { return {}; }

 private:
  friend class EmbeddedLedgerStore;

  // REQUIRES: there is something pending.
  Tail TakePending(rocksdb::WriteBatch& batch) {
    Tail tail;
    for (const std::string& record : pending_) {
      tail = PutRecord(batch, {number_, written_end_++}, record);
    }
    pending_.clear();
    PutTail(batch, number_, tail);
    return tail;
  }

  EmbeddedLedgerStore& store_;
  const std::uint32_t number_;
  // By the store's append_mutex_:
  Offset written_end_;
  std::vector<std::string> pending_;  // not written
  std::vector<Cookie> open_;  // not completed: of the last records written, then of those pending
};

EmbeddedLedgerStore::EmbeddedLedgerStore(std::unique_ptr<rocksdb::DB> db,
                                         std::uint32_t partition_count)
    : db_(std::move(db)), ends_(partition_count) {}

EmbeddedLedgerStore::~EmbeddedLedgerStore() = default;

LedgerExpected<std::unique_ptr<EmbeddedLedgerStore>> EmbeddedLedgerStore::Open(
    const EmbeddedOptions& options, RandomBits random) {
  DIALTONE_CHECK(options.partition_count > 0 && options.partition_count <= kPartitionsMax,
                 std::to_string(options.partition_count) + " partitions");
  std::error_code failed;
  std::filesystem::create_directories(options.directory, failed);
  if (failed) {
    return Refuse(LedgerFault::kSystem,
                  "cannot create " + options.directory.string() + ": " + failed.message());
  }
  const std::filesystem::path acknowledged = options.directory / "acknowledged";
  const bool created = std::filesystem::exists(acknowledged);
  rocksdb::Options log_options = LogOptions();
  log_options.create_if_missing = !created;
  LedgerExpected<std::unique_ptr<rocksdb::DB>> db = OpenLog(options.directory, log_options);
  if (!db) return tl::unexpected(db.error());

  std::unique_ptr<EmbeddedLedgerStore> store(
      new EmbeddedLedgerStore(std::move(*db), options.partition_count));
  LedgerExpected<void> sound;
  if (!created) sound = store->CreateUnlessLost(acknowledged, random);
  if (sound) sound = store->Load(acknowledged);
  if (!sound) return tl::unexpected(sound.error());
  return store;
}

// The genesis records come first, the file beside them last: a crash between both leaves a log of
// genesis records only, and is made good here. A longer log without the file has lost it.
LedgerExpected<void> EmbeddedLedgerStore::CreateUnlessLost(
    const std::filesystem::path& acknowledged, RandomBits random) {
  const auto count = static_cast<std::uint32_t>(ends_.size());
  if (IsEmpty(*db_)) {
    const ClusterId cluster = ClusterId::New(random);
    rocksdb::WriteBatch batch;
    for (std::uint32_t number = 0; number < count; ++number) {
      PutTail(batch, number, PutRecord(batch, {number, 0}, GenesisRecord(cluster, number, count)));
    }
    Write(batch);
  }
  std::vector<Tail> tails;
  for (std::uint32_t number = 0; number < count; ++number) {
    const LedgerExpected<Tail> tail = CheckEnd(*db_, number, std::nullopt);
    if (!tail) return tl::unexpected(tail.error());
    if (tail->offset > 0) {
      return Refuse(LedgerFault::kDamaged, acknowledged.string() + " is missing");
    }
    tails.push_back(*tail);
  }
  return Acknowledged::Create(acknowledged, tails);
}

LedgerExpected<void> EmbeddedLedgerStore::Load(const std::filesystem::path& acknowledged) {
  const auto count = static_cast<std::uint32_t>(ends_.size());
  std::optional<ClusterId> cluster;
  for (std::uint32_t number = 0; number < count; ++number) {
    const LedgerExpected<ClusterId> found = CheckGenesis(*db_, number, count, cluster);
    if (!found) return tl::unexpected(found.error());
    cluster = *found;
  }
  cluster_ = *cluster;

  auto file = Acknowledged::Open(acknowledged, count);
  if (!file) return tl::unexpected(file.error());
  acknowledged_ = std::move(*file);
  for (std::uint32_t number = 0; number < count; ++number) {
    const LedgerExpected<Tail> tail = CheckEnd(*db_, number, acknowledged_->tails()[number]);
    if (!tail) return tl::unexpected(tail.error());
    ends_[number] = tail->offset + 1;
    partitions_.push_back(std::make_unique<Partition>(*this, number, ends_[number]));
  }
  return {};
}

std::uint32_t EmbeddedLedgerStore::partition_count() const {
  return static_cast<std::uint32_t>(partitions_.size());
}

Ledger& EmbeddedLedgerStore::partition(std::uint32_t partition) {
  return *partitions_.at(partition);
}

void EmbeddedLedgerStore::Write(rocksdb::WriteBatch& batch) const {
  rocksdb::WriteOptions options;
  options.sync = true;
  const rocksdb::Status status = db_->Write(options, &batch);
  DIALTONE_CHECK(status.ok(),
                 "the ledger in " + db_->GetName() + " cannot be written: " + status.ToString());
}

// REQUIRES: append_mutex_ is held. Readers see a record only when it is safe on disk, and the file
// beside the log knows it.
void EmbeddedLedgerStore::Flush() {
  std::vector<std::pair<std::uint32_t, Tail>> tails;
  rocksdb::WriteBatch batch;
  for (const auto& partition : partitions_) {
    if (partition->pending_.empty()) continue;
    tails.emplace_back(partition->number_, partition->TakePending(batch));
  }
  if (tails.empty()) return;

  Write(batch);
  acknowledged_->Write(tails);
  {
    const std::lock_guard lock(ends_mutex_);
    for (const auto& [number, tail] : tails) ends_[number] = tail.offset + 1;
  }
  ends_moved_.notify_all();
}

Offset EmbeddedLedgerStore::End(std::uint32_t partition) const {
  const std::lock_guard lock(ends_mutex_);
  return ends_[partition];
}

Offset EmbeddedLedgerStore::WaitBeyond(std::uint32_t partition, Offset from, Duration wait) const {
  std::unique_lock lock(ends_mutex_);
  if (wait > Duration()) {
    ends_moved_.wait_for(lock, std::chrono::microseconds(wait.micros()),
                         [&] { return ends_[partition] > from; });
  }
  return ends_[partition];
}

// What was sound at the start and is not now cannot be reported by a reader who asked for records:
// the process ends.
ReadResult EmbeddedLedgerStore::Read(std::uint32_t partition, Offset from, std::size_t bytes_max,
                                     Duration wait) const {
  const Offset end = WaitBeyond(partition, from, wait);
  ReadResult result{{}, from, from >= end};
  if (result.at_end) return result;

  rocksdb::ReadOptions options;
  const std::string behind = RecordKey({partition, end});
  const rocksdb::Slice bound = behind;
  options.iterate_upper_bound = &bound;
  const std::unique_ptr<rocksdb::Iterator> at(db_->NewIterator(options));
  std::size_t bytes = 0;
  for (at->Seek(RecordKey({partition, from})); at->Valid(); at->Next()) {
    const RecordPlace place{partition, result.next};
    const std::string_view key = at->key().ToStringView();
    DIALTONE_CHECK(ParseRecordKey(key) == place, "a record is missing before " + ToHex(key));
    const auto record = Unseal(place, key, at->value().ToStringView());
    DIALTONE_CHECK(record, ToText(record.error()));
    if (!result.records.empty() && bytes + record->size() > bytes_max) return result;
    bytes += record->size();
    result.records.push_back({result.next++, std::string(*record)});
  }
  DIALTONE_CHECK(at->status().ok() && result.next == end,
                 "the ledger in " + db_->GetName() + " is unreadable: " + at->status().ToString());
  result.at_end = true;
  return result;
}

LedgerExpected<void> EmbeddedLedgerStore::Verify(
    absl::FunctionRef<void(const VerifyProgress&)> progress) const {
  constexpr std::uint64_t kReportEvery = 4'096;
  const std::uint32_t count = partition_count();
  VerifyProgress done;
  for (std::uint32_t number = 0; number < count; ++number) done.records_total += End(number);
  const auto each = [&] {
    if (++done.records % kReportEvery == 0) progress(done);
  };
  for (std::uint32_t number = 0; number < count; ++number) {
    LedgerExpected<void> sound = CheckRecords(*db_, number, count, cluster_, End(number), each);
    if (!sound) return sound;
  }
  progress(done);
  return CheckKeys(*db_, count);
}

}  // namespace dialtone::engine
