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
#include <vector>

#include "controlplane/kernel/digest.h"

namespace rocksdb {
class DB;
}

namespace dialtone::vault {

struct SubjectKey {
  std::string id;
  std::string key;  // 32 bytes
};

// Where keys come from when a message is sealed, and when it is read.
class Keys {
 public:
  virtual ~Keys() = default;
  // The subject's key, made if it has none.
  virtual tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) = 0;
  // None: never made, destroyed, or not to be read just now.
  virtual std::optional<SubjectKey> Find(std::string_view subject, std::string_view key_id) = 0;
};

// Any thread.
class KeyVault final : public Keys {
 public:
  // `folder` gets `keys/` and `master.key` (0600) at the first start. The error says what is wrong
  // and what to do.
  static tl::expected<std::unique_ptr<KeyVault>, std::string> Open(
      const std::filesystem::path& folder);
  ~KeyVault() override;

  // Makes the keys that are missing, in one synchronous write. What is there and cannot be read is
  // an error, and stays as it is.
  tl::expected<void, std::string> Provide(const std::vector<std::string>& subjects);
  tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) override;
  std::optional<SubjectKey> Find(std::string_view subject, std::string_view key_id) override;
  // Erases the subject's keys. What is sealed later gets a new one.
  tl::expected<void, std::string> Destroy(std::string_view subject);

  // For equality without the plain text: the same on every start of this vault.
  std::string KeyedHash(std::string_view purpose, std::string_view text) const;
  // Of requests' bodies: 16 bytes.
  std::string BodyHash(std::string_view bytes) const;
  // That a node of this cluster said it: hexadecimal, the same with every vault of this master key.
  std::string PeerProof(std::string_view bytes) const;

 private:
  KeyVault(std::unique_ptr<rocksdb::DB> db, const std::string& master);

  std::optional<SubjectKey> Cached(std::string_view subject) const;
  // The rest with the lock held.
  tl::expected<void, std::string> CheckMaster();
  tl::expected<std::optional<SubjectKey>, std::string> Load(std::string_view subject);
  SubjectKey Remember(std::string_view subject, SubjectKey key);

  const std::unique_ptr<rocksdb::DB> db_;
  const std::string wrap_key_;
  const HmacKey hash_key_;
  const HmacKey body_key_;
  const HmacKey peer_key_;
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, SubjectKey> cache_;  // bounded
};

// Keys that nobody keeps, for a dry run: it leaves nothing behind. One thread at a time.
class PassingKeys final : public Keys {
 public:
  // `vault` outlives it, and has the keys of what is stored.
  explicit PassingKeys(KeyVault& vault) : vault_(vault) {}
  tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) override;
  std::optional<SubjectKey> Find(std::string_view subject, std::string_view key_id) override;

 private:
  KeyVault& vault_;
  absl::flat_hash_map<std::string, SubjectKey> made_;
};

}  // namespace dialtone::vault
