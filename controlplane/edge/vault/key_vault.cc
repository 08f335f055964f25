#include "controlplane/edge/vault/key_vault.h"

#include <fcntl.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <mutex>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"

namespace dialtone::vault {

namespace {

constexpr std::size_t kIdChars = 16;
constexpr std::size_t kCacheMax = 65'536;
// Sealed with the wrap key, under a name that no subject has: it tells whose keys these are.
const std::string kCanary("\0canary", 7);
constexpr char kCanaryText[] = "dialtone";

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

SubjectKey FreshKey() { return {ToHex(RandomBytes(kIdChars / 2)), RandomBytes(kKeyBytes)}; }

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
  std::unique_ptr<KeyVault> vault(new KeyVault(std::unique_ptr<rocksdb::DB>(db), *master));
  if (auto checked = vault->CheckMaster(); !checked)
    return Wrong(file.string() + " " + checked.error());
  return vault;
}

// A vault of before the canary is told by its first key.
tl::expected<void, std::string> KeyVault::CheckMaster() {
  const auto wrong = [] {
    return Wrong("is not the one that the keys beside it were made with: bring that one back.");
  };
  std::string stored;
  const auto status = db_->Get({}, kCanary, &stored);
  if (status.ok()) {
    if (Decrypt(wrap_key_, stored, kCanary) != kCanaryText) return wrong();
    return {};
  }
  if (!status.IsNotFound()) return Wrong("cannot be checked: " + status.ToString());
  const std::unique_ptr<rocksdb::Iterator> first(db_->NewIterator({}));
  first->SeekToFirst();
  if (first->Valid() && !Load(first->key().ToStringView())) return wrong();
  const auto written = db_->Put(Synced(), kCanary, Encrypt(wrap_key_, kCanaryText, kCanary));
  if (!written.ok()) return Wrong("cannot be checked: " + written.ToString());
  return {};
}

KeyVault::KeyVault(std::unique_ptr<rocksdb::DB> db, const std::string& master)
    : db_(std::move(db)),
      wrap_key_(Derived(master, "wrap")),
      hash_key_(Derived(master, "hash")),
      body_key_(Derived(master, "body")),
      peer_key_(Derived(master, "peer")) {}

KeyVault::~KeyVault() = default;

std::optional<SubjectKey> KeyVault::Cached(std::string_view subject) const {
  const std::shared_lock lock(mutex_);
  const auto found = cache_.find(absl::string_view(subject.data(), subject.size()));
  if (found == cache_.end()) return std::nullopt;
  return found->second;
}

tl::expected<SubjectKey, std::string> KeyVault::KeyFor(std::string_view subject) {
  if (auto cached = Cached(subject)) return *cached;
  if (auto provided = Provide({std::string(subject)}); !provided) return Wrong(provided.error());
  const std::lock_guard lock(mutex_);
  auto key = Load(subject);
  if (!key) return Wrong(key.error());
  if (!*key) return Wrong("the key of " + std::string(subject) + " was destroyed just now");
  return **key;
}

tl::expected<void, std::string> KeyVault::Provide(const std::vector<std::string>& subjects) {
  const auto is_cached = [this](const std::string& subject) { return Cached(subject).has_value(); };
  if (std::all_of(subjects.begin(), subjects.end(), is_cached)) return {};
  const std::lock_guard lock(mutex_);
  absl::flat_hash_map<std::string, SubjectKey> made;
  rocksdb::WriteBatch batch;
  for (const std::string& subject : subjects) {
    if (made.contains(subject)) continue;
    const auto known = Load(subject);
    if (!known) return Wrong(known.error());
    if (*known) continue;
    SubjectKey& key = made[subject] = FreshKey();
    batch.Put(subject, key.id + Encrypt(wrap_key_, key.key, subject));
  }
  if (made.empty()) return {};
  if (const auto status = db_->Write(Synced(), &batch); !status.ok())
    return Wrong("keys cannot be stored: " + status.ToString());
  for (auto& [subject, key] : made) Remember(subject, std::move(key));
  return {};
}

std::optional<SubjectKey> KeyVault::Find(std::string_view subject, std::string_view key_id) {
  auto key = Cached(subject);
  if (!key) {
    const std::lock_guard lock(mutex_);
    if (auto loaded = Load(subject)) key = std::move(*loaded);
  }
  if (key && key->id != key_id) key.reset();
  return key;
}

// None is for what is not there; all else is an error, so that nobody makes a key over one that
// could be read again tomorrow.
tl::expected<std::optional<SubjectKey>, std::string> KeyVault::Load(std::string_view subject) {
  if (const auto cached = cache_.find(absl::string_view(subject.data(), subject.size()));
      cached != cache_.end())
    return cached->second;
  std::string stored;
  const auto status = db_->Get({}, rocksdb::Slice(subject.data(), subject.size()), &stored);
  if (status.IsNotFound()) return std::nullopt;
  if (!status.ok()) return Wrong("a key cannot be read: " + status.ToString());
  auto key = stored.size() < kIdChars
                 ? std::nullopt
                 : Decrypt(wrap_key_, std::string_view(stored).substr(kIdChars), subject);
  if (!key) return Wrong("a key is damaged: bring the folder keys/ back from a copy");
  return Remember(subject, {stored.substr(0, kIdChars), std::move(*key)});
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

std::string KeyVault::PeerProof(std::string_view bytes) const {
  return ToHex(AsBytes(peer_key_.Of(bytes)));
}

tl::expected<SubjectKey, std::string> PassingKeys::KeyFor(std::string_view subject) {
  const auto [key, is_new] = made_.try_emplace(std::string(subject));
  if (is_new) key->second = FreshKey();
  return key->second;
}

std::optional<SubjectKey> PassingKeys::Find(std::string_view subject, std::string_view key_id) {
  const auto made = made_.find(absl::string_view(subject.data(), subject.size()));
  if (made != made_.end() && made->second.id == key_id) return made->second;
  return vault_.Find(subject, key_id);
}

}  // namespace dialtone::vault
