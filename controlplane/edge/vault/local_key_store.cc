#include "controlplane/edge/vault/local_key_store.h"

#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <utility>

namespace dialtone::vault {

namespace {

// Under a name that no subject has.
const std::string kCanary("\0canary", 7);

tl::unexpected<std::string> Wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

rocksdb::Slice AsSlice(std::string_view text) { return {text.data(), text.size()}; }

}  // namespace

LocalKeyStore::LocalKeyStore(std::unique_ptr<rocksdb::DB> db) : db_(std::move(db)) {}

LocalKeyStore::~LocalKeyStore() = default;

Stored<std::unique_ptr<LocalKeyStore>> LocalKeyStore::Open(const std::filesystem::path& folder) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  if (const auto status = rocksdb::DB::Open(options, folder.string(), &db); !status.ok())
    return Wrong("cannot open " + folder.string() + ": " + status.ToString());
  return std::unique_ptr<LocalKeyStore>(new LocalKeyStore(std::unique_ptr<rocksdb::DB>(db)));
}

Stored<std::vector<WrappedKey>> LocalKeyStore::Load(std::string_view subject) {
  std::string stored;
  const auto status = db_->Get({}, AsSlice(subject), &stored);
  if (status.IsNotFound()) return std::vector<WrappedKey>();
  if (!status.ok()) return Wrong("a key cannot be read: " + status.ToString());
  const std::size_t id_chars = std::min(stored.size(), kKeyIdChars);
  return std::vector<WrappedKey>{{stored.substr(0, id_chars), stored.substr(id_chars)}};
}

Stored<void> LocalKeyStore::Add(const std::vector<NewKey>& keys) {
  const std::lock_guard lock(adding_);
  rocksdb::WriteBatch batch;
  for (const auto& [subject, key] : keys) {
    const auto present = Load(subject);
    if (!present) return Wrong(present.error());
    if (present->empty()) batch.Put(subject, key.id + key.wrapped);
  }
  if (batch.Count() == 0) return {};
  if (const auto status = db_->Write(Synced(), &batch); !status.ok())
    return Wrong("keys cannot be stored: " + status.ToString());
  return {};
}

Stored<void> LocalKeyStore::Erase(std::string_view subject) {
  const std::lock_guard lock(adding_);
  const rocksdb::Slice name = AsSlice(subject);
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (const auto& status :
       {db_->Delete(Synced(), name), db_->Flush({}), db_->CompactRange(whole, &name, &name)}) {
    if (!status.ok()) return Wrong("a key cannot be destroyed: " + status.ToString());
  }
  return {};
}

Stored<std::optional<std::string>> LocalKeyStore::Canary() {
  std::string canary;
  const auto status = db_->Get({}, kCanary, &canary);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Wrong(status.ToString());
  return canary;
}

Stored<void> LocalKeyStore::AddCanary(const std::string& canary) {
  const auto status = db_->Put(Synced(), kCanary, canary);
  if (!status.ok()) return Wrong(status.ToString());
  return {};
}

std::optional<std::string> LocalKeyStore::AnySubject() {
  const std::unique_ptr<rocksdb::Iterator> first(db_->NewIterator({}));
  first->SeekToFirst();
  if (first->Valid() && first->key() == kCanary) first->Next();
  if (!first->Valid()) return std::nullopt;
  return first->key().ToString();
}

}  // namespace dialtone::vault
