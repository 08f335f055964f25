// The keys of personal data, of each subject its own: wrapped by the master key, durable in a store
// before the command that needs them goes out. To destroy a subject's key is to erase its data from
// every copy of the ledger.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/container/flat_hash_set.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/edge/vault/key_store.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::vault {

struct SubjectKey {
  std::string id;
  std::string key;  // 32 bytes
};

// Why there is no key to open something with.
enum class NoKey : std::uint8_t {
  kGone,      // destroyed, or never made, as all nodes have it
  kNotKnown,  // here and now: another node may have made it, or it cannot be read
};
using FoundKey = tl::expected<SubjectKey, NoKey>;

// Where keys come from when a message is sealed, and when it is read.
class Keys {
 public:
  virtual ~Keys() = default;
  // The subject's key, made if it has none.
  virtual tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) = 0;
  virtual FoundKey Find(std::string_view subject, std::string_view key_id) = 0;
};

// Any thread.
class KeyVault final : public Keys {
 public:
  // Of this machine: `folder` gets `keys/` and `master.key` (0600) at the first start. The error
  // says what is wrong and what to do.
  static tl::expected<std::unique_ptr<KeyVault>, std::string> Open(
      const std::filesystem::path& folder);
  // Of many nodes: each has its copy of the `master.key` that the first of them has made.
  static tl::expected<std::unique_ptr<KeyVault>, std::string> OpenShared(
      const std::filesystem::path& folder, std::unique_ptr<KeyStore> store);
  ~KeyVault() override;

  // Makes the keys that are missing, in one write that is durable when it returns. What is there
  // and cannot be read is an error, and stays as it is. Waits for the store: not for the loop.
  tl::expected<void, std::string> Provide(const std::vector<std::string>& subjects);
  tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) override;
  // May wait a little for a key that another node has made: not for the loop.
  FoundKey Find(std::string_view subject, std::string_view key_id) override;
  // The same keys for the loop: finds what is known here, and waits for nobody.
  Keys& at_hand() { return at_hand_; }
  // Erases the subject's keys. What is sealed later gets a new one.
  tl::expected<void, std::string> Destroy(std::string_view subject);

  // For equality without the plain text: the same on every start of this vault, and on every node.
  std::string KeyedHash(std::string_view purpose, std::string_view text) const;
  // Of requests' bodies: 16 bytes.
  std::string BodyHash(std::string_view bytes) const;
  // That a node of this cluster said it: hexadecimal, the same with every vault of this master key.
  std::string PeerProof(std::string_view bytes) const;

 private:
  class AtHand final : public Keys {
   public:
    explicit AtHand(KeyVault& vault) : vault_(vault) {}
    tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) override;
    FoundKey Find(std::string_view subject, std::string_view key_id) override {
      return vault_.FindAtHand(subject, key_id);
    }

   private:
    KeyVault& vault_;
  };

  KeyVault(std::unique_ptr<KeyStore> store, const std::string& master);

  tl::expected<void, std::string> CheckMaster();
  std::optional<SubjectKey> Cached(std::string_view subject) const;
  FoundKey FindAtHand(std::string_view subject, std::string_view key_id);
  // The key to seal with, if there is one.
  tl::expected<std::optional<SubjectKey>, std::string> Load(std::string_view subject);
  tl::expected<SubjectKey, std::string> Unwrap(std::string_view subject,
                                               const WrappedKey& key) const;
  void Forget(std::string_view subject);
  bool IsGone(const std::string& name) const;
  void SetGone(std::string name);

  const std::string wrap_key_;
  const HmacKey hash_key_;
  const HmacKey body_key_;
  const HmacKey peer_key_;
  AtHand at_hand_{*this};
  mutable std::shared_mutex mutex_;
  absl::flat_hash_map<std::string, SubjectKey> cache_;  // what to seal with; bounded
  // Subjects and ids of keys that no store has: none of them comes back. Bounded.
  absl::flat_hash_set<std::string> gone_;
  const std::unique_ptr<KeyStore> store_;  // the first to end: it calls Forget
};

// Keys that nobody keeps, for a dry run: it leaves nothing behind. One thread at a time.
class PassingKeys final : public Keys {
 public:
  // `vault` outlives it, and has the keys of what is stored.
  explicit PassingKeys(KeyVault& vault) : vault_(vault) {}
  tl::expected<SubjectKey, std::string> KeyFor(std::string_view subject) override;
  FoundKey Find(std::string_view subject, std::string_view key_id) override;

 private:
  KeyVault& vault_;
  absl::flat_hash_map<std::string, SubjectKey> made_;
};

}  // namespace dialtone::vault
