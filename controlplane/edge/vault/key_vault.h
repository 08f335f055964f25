// The keys of personal data, one for each subject, on this machine's disk: wrapped by the master
// key, written synchronously before the command that needs them goes out. To destroy a subject's
// key is to erase its data from every copy of the ledger.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "controlplane/kernel/digest.h"

namespace rocksdb {
class DB;
}

namespace dialtone::vault {

struct SubjectKey {
  std::string id;
  std::string key;  // 32 bytes
};

// Any thread.
class KeyVault {
 public:
  // `folder` gets `keys/` and `master.key` (0600) at the first start. The error says what is wrong
  // and what to do.
  static tl::expected<std::unique_ptr<KeyVault>, std::string> Open(
      const std::filesystem::path& folder);
  ~KeyVault();

  // The subject's key, made if it has none.
  tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject);
  // None: never made, or destroyed.
  std::optional<SubjectKey> Find(std::string_view subject, std::string_view key_id);
  // Erases the subject's keys. What is sealed later gets a new one.
  tl::expected<void, std::string> Destroy(std::string_view subject);

  // For equality without the plain text: the same on every start of this vault.
  std::string KeyedHash(std::string_view purpose, std::string_view text) const;
  // Of requests' bodies: 16 bytes.
  std::string BodyHash(std::string_view bytes) const;

 private:
  KeyVault(std::unique_ptr<rocksdb::DB> db, const std::string& master);

  std::optional<SubjectKey> Cached(std::string_view subject) const;
  // The rest with the lock held.
  std::optional<SubjectKey> Load(std::string_view subject);
  tl::expected<SubjectKey, std::string> Make(std::string_view subject);
  SubjectKey Remember(std::string_view subject, SubjectKey key);

  const std::unique_ptr<rocksdb::DB> db_;
  const std::string wrap_key_;
  const HmacKey hash_key_;
  const HmacKey body_key_;
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, SubjectKey> cache_;  // bounded
};

}  // namespace dialtone::vault
