#include "controlplane/edge/vault/key_vault.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"

namespace dialtone::vault {

namespace {

constexpr std::size_t kIdChars = 16;
constexpr std::size_t kCacheMax = 65'536;

using Expected = tl::expected<std::string, std::string>;

tl::unexpected<std::string> Wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

Expected ReadMaster(const std::filesystem::path& file) {
  struct stat status {};
  if (stat(file.c_str(), &status) != 0) return Wrong("cannot read " + file.string());
  if ((status.st_mode & 077U) != 0) {
    return Wrong(file.string() + " can be read by others: chmod 600 it, and think about who did.");
  }
  std::ifstream stream(file, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
  if (key.size() != kKeyBytes)
    return Wrong(file.string() + " is no key of 32 bytes: bring it back from a copy.");
  return key;
}

// Written whole and synchronously before anything is sealed with it.
Expected MakeMaster(const std::filesystem::path& file) {
  const std::string key = RandomBytes(kKeyBytes);
  const std::string fresh = file.string() + ".new";
  const int descriptor = open(fresh.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  const bool written =
      descriptor >= 0 &&
      write(descriptor, key.data(), key.size()) == static_cast<ssize_t>(key.size()) &&
      fsync(descriptor) == 0;
  if (descriptor >= 0) close(descriptor);
  if (!written || rename(fresh.c_str(), file.c_str()) != 0)
    return Wrong("cannot write " + file.string() + ": check its folder's owner and space.");
  const int folder = open(file.parent_path().c_str(), O_RDONLY | O_DIRECTORY);
  if (folder >= 0) {
    fsync(folder);
    close(folder);
  }
  return key;
}

rocksdb::WriteOptions Synced() {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}

std::string Derived(std::string_view master, std::string_view purpose) {
  return std::string(AsBytes(HmacKey(master).Of(purpose)));
}

}  // namespace

tl::expected<std::unique_ptr<KeyVault>, std::string> KeyVault::Open(
    const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / "master.key";
  const std::filesystem::path keys = folder / "keys";
  std::error_code error;
  const bool has_file = std::filesystem::exists(file, error);
  if (!has_file && std::filesystem::exists(keys / "CURRENT", error)) {
    return Wrong(file.string() +
                 " is missing, and without it no personal data can be read: bring it back.");
  }
  Expected master = has_file ? ReadMaster(file) : MakeMaster(file);
  if (!master) return Wrong(master.error());
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* db = nullptr;
  if (const auto status = rocksdb::DB::Open(options, keys.string(), &db); !status.ok())
    return Wrong("cannot open " + keys.string() + ": " + status.ToString());
  return std::unique_ptr<KeyVault>(new KeyVault(std::unique_ptr<rocksdb::DB>(db), *master));
}

KeyVault::KeyVault(std::unique_ptr<rocksdb::DB> db, const std::string& master)
    : db_(std::move(db)),
      wrap_key_(Derived(master, "wrap")),
      hash_key_(Derived(master, "hash")),
      body_key_(Derived(master, "body")) {}

KeyVault::~KeyVault() = default;

std::optional<SubjectKey> KeyVault::Cached(std::string_view subject) const {
  const std::shared_lock lock(mutex_);
  const auto found = cache_.find(absl::string_view(subject.data(), subject.size()));
  if (found == cache_.end()) return std::nullopt;
  return found->second;
}

tl::expected<SubjectKey, std::string> KeyVault::KeyFor(std::string_view subject) {
  if (auto cached = Cached(subject)) return *cached;
  const std::lock_guard lock(mutex_);
  if (auto loaded = Load(subject)) return *loaded;
  return Make(subject);
}

std::optional<SubjectKey> KeyVault::Find(std::string_view subject, std::string_view key_id) {
  auto key = Cached(subject);
  if (!key) {
    const std::lock_guard lock(mutex_);
    key = Load(subject);
  }
  if (key && key->id != key_id) key.reset();
  return key;
}

std::optional<SubjectKey> KeyVault::Load(std::string_view subject) {
  std::string stored;
  const rocksdb::Slice name(subject.data(), subject.size());
  if (!db_->Get({}, name, &stored).ok() || stored.size() < kIdChars) return std::nullopt;
  auto key = Decrypt(wrap_key_, std::string_view(stored).substr(kIdChars), subject);
  if (!key) return std::nullopt;
  return Remember(subject, {stored.substr(0, kIdChars), std::move(*key)});
}

tl::expected<SubjectKey, std::string> KeyVault::Make(std::string_view subject) {
  SubjectKey made{ToHex(RandomBytes(kIdChars / 2)), RandomBytes(kKeyBytes)};
  const auto status = db_->Put(Synced(), rocksdb::Slice(subject.data(), subject.size()),
                               made.id + Encrypt(wrap_key_, made.key, subject));
  if (!status.ok()) return Wrong("a key cannot be stored: " + status.ToString());
  return Remember(subject, std::move(made));
}

SubjectKey KeyVault::Remember(std::string_view subject, SubjectKey key) {
  if (cache_.size() >= kCacheMax) cache_.clear();
  return cache_[std::string(subject)] = std::move(key);
}

// Flushed and compacted, so that no file keeps the bytes.
tl::expected<void, std::string> KeyVault::Destroy(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  cache_.erase(std::string(subject));
  const rocksdb::Slice name(subject.data(), subject.size());
  rocksdb::CompactRangeOptions whole;
  whole.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  for (const auto& status :
       {db_->Delete(Synced(), name), db_->Flush({}), db_->CompactRange(whole, &name, &name)}) {
    if (!status.ok()) return Wrong("a key cannot be destroyed: " + status.ToString());
  }
  return {};
}

std::string KeyVault::KeyedHash(std::string_view purpose, std::string_view text) const {
  std::string bytes(purpose);
  bytes.push_back('\0');
  bytes += text;
  return std::string(AsBytes(hash_key_.Of(bytes)));
}

std::string KeyVault::BodyHash(std::string_view bytes) const {
  return std::string(AsBytes(body_key_.Of(bytes)).substr(0, 16));
}

}  // namespace dialtone::vault
