#include "controlplane/edge/vault/key_vault.h"

#include <algorithm>
#include <mutex>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"
#include "controlplane/edge/vault/local_key_store.h"
#include "controlplane/edge/vault/master_key.h"

namespace dialtone::vault {

namespace {

constexpr std::size_t kCacheMax = 65'536;
// Sealed with the wrap key, bound to a name that no subject has: it tells whose keys these are.
const std::string kCanary("\0canary", 7);
constexpr char kCanaryText[] = "dialtone";

using Expected = tl::expected<std::string, std::string>;

tl::unexpected<std::string> Wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

SubjectKey FreshKey() { return {ToHex(RandomBytes(kKeyIdChars / 2)), RandomBytes(kKeyBytes)}; }

std::string Derived(std::string_view master, std::string_view purpose) {
  return std::string(AsBytes(HmacKey(master).Of(purpose)));
}

std::string NameOf(std::string_view subject, std::string_view key_id) {
  std::string name(subject);
  name.push_back('\0');
  return name += key_id;
}

}  // namespace

tl::expected<std::unique_ptr<KeyVault>, std::string> KeyVault::Open(
    const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kMasterFile;
  const std::filesystem::path keys = folder / "keys";
  std::error_code error;
  const bool has_file = std::filesystem::exists(file, error);
  if (!has_file && std::filesystem::exists(keys / "CURRENT", error)) {
    return Wrong(file.string() +
                 " is missing, and without it no personal data can be read: bring it back.");
  }
  const Expected master = has_file ? ReadMaster(file) : MakeMaster(file);
  if (!master) return Wrong(master.error());
  auto store = LocalKeyStore::Open(keys);
  if (!store) return Wrong(store.error());
  std::unique_ptr<KeyVault> vault(new KeyVault(std::move(*store), *master));
  if (auto checked = vault->CheckMaster(); !checked)
    return Wrong(file.string() + " " + checked.error());
  return vault;
}

tl::expected<std::unique_ptr<KeyVault>, std::string> KeyVault::OpenShared(
    const std::filesystem::path& folder, std::unique_ptr<KeyStore> store) {
  const std::filesystem::path file = folder / kMasterFile;
  std::error_code error;
  const bool has_file = std::filesystem::exists(file, error);
  if (!has_file) {
    const auto canary = store->Canary();
    if (!canary) return Wrong(canary.error());
    if (*canary) {
      return Wrong(file.string() + " is missing, and " + store->Where() +
                   " were made with one: copy it from a node that has it.");
    }
  }
  const Expected master = has_file ? ReadMaster(file) : MakeMaster(file);
  if (!master) return Wrong(master.error());
  std::unique_ptr<KeyVault> vault(new KeyVault(std::move(store), *master));
  if (auto checked = vault->CheckMaster(); !checked)
    return Wrong(file.string() + " " + checked.error());
  return vault;
}

// A vault of before the canary is told by one of its keys. Of two nodes that add a canary at once,
// the first counts for both.
tl::expected<void, std::string> KeyVault::CheckMaster() {
  const auto wrong = [this] {
    return Wrong("is not the one that " + store_->Where() +
                 " were made with: bring that one back.");
  };
  auto canary = store_->Canary();
  if (canary && !*canary) {
    const auto subject = store_->AnySubject();
    if (subject && !Load(*subject)) return wrong();
    const auto added = store_->AddCanary(Encrypt(wrap_key_, kCanaryText, kCanary));
    if (!added) return Wrong("cannot be checked: " + added.error());
    canary = store_->Canary();
  }
  if (!canary) return Wrong("cannot be checked: " + canary.error());
  if (!*canary || Decrypt(wrap_key_, **canary, kCanary) != kCanaryText) return wrong();
  return {};
}

KeyVault::KeyVault(std::unique_ptr<KeyStore> store, const std::string& master)
    : wrap_key_(Derived(master, "wrap")),
      hash_key_(Derived(master, "hash")),
      body_key_(Derived(master, "body")),
      peer_key_(Derived(master, "peer")),
      store_(std::move(store)) {
  store_->OnChange([this](std::string_view subject) { Forget(subject); });
}

KeyVault::~KeyVault() = default;

std::optional<SubjectKey> KeyVault::Cached(std::string_view subject) const {
  const std::shared_lock lock(mutex_);
  const auto found = cache_.find(absl::string_view(subject.data(), subject.size()));
  if (found == cache_.end()) return std::nullopt;
  return found->second;
}

void KeyVault::Forget(std::string_view subject) {
  const std::lock_guard lock(mutex_);
  cache_.erase(absl::string_view(subject.data(), subject.size()));
}

bool KeyVault::IsGone(const std::string& name) const {
  const std::shared_lock lock(mutex_);
  return gone_.contains(name);
}

void KeyVault::SetGone(std::string name) {
  const std::lock_guard lock(mutex_);
  if (gone_.size() >= kCacheMax) gone_.clear();
  gone_.insert(std::move(name));
}

tl::expected<SubjectKey, std::string> KeyVault::KeyFor(std::string_view subject) {
  if (auto sound = store_->Sound(); !sound) return Wrong(sound.error());
  if (auto cached = Cached(subject)) return *cached;
  if (auto provided = Provide({std::string(subject)}); !provided) return Wrong(provided.error());
  auto key = Load(subject);
  if (!key) return Wrong(key.error());
  if (!*key) return Wrong("the key of " + std::string(subject) + " was destroyed just now");
  return **key;
}

tl::expected<void, std::string> KeyVault::Provide(const std::vector<std::string>& subjects) {
  if (auto sound = store_->Sound(); !sound) return sound;
  std::vector<NewKey> made;
  absl::flat_hash_set<std::string> seen;
  for (const std::string& subject : subjects) {
    if (!seen.insert(subject).second) continue;
    const auto known = Load(subject);
    if (!known) return Wrong(known.error());
    if (*known) continue;
    const SubjectKey key = FreshKey();
    made.push_back({subject, {key.id, Encrypt(wrap_key_, key.key, subject)}});
  }
  if (made.empty()) return {};
  return store_->Add(made);
}

// A key that no store has once all is read that was there is gone for good: it was durable before
// anything was sealed under it.
FoundKey KeyVault::Find(std::string_view subject, std::string_view key_id) {
  auto key = FindAtHand(subject, key_id);
  if (key || key.error() == NoKey::kGone || !store_->CatchUp()) return key;
  key = FindAtHand(subject, key_id);
  if (key) return key;
  const auto stored = store_->Load(subject);
  const bool is_known = !stored || std::any_of(stored->begin(), stored->end(),
                                               [&](const auto& one) { return one.id == key_id; });
  if (is_known) return key;
  SetGone(NameOf(subject, key_id));
  return tl::unexpected(NoKey::kGone);
}

FoundKey KeyVault::FindAtHand(std::string_view subject, std::string_view key_id) {
  if (auto key = Cached(subject); key && key->id == key_id) return *key;
  if (auto newest = Load(subject); newest && *newest && (*newest)->id == key_id) return **newest;
  const auto stored = store_->Load(subject);
  if (!stored) return tl::unexpected(NoKey::kNotKnown);
  for (const WrappedKey& one : *stored) {
    if (one.id != key_id) continue;
    if (auto key = Unwrap(subject, one)) return *key;
  }
  const bool is_gone = IsGone(NameOf(subject, key_id));
  return tl::unexpected(is_gone ? NoKey::kGone : NoKey::kNotKnown);
}

// None is for what is not there; all else is an error, so that nobody makes a key over one that
// could be read again tomorrow. The lock is held while the store is asked, so that a change that it
// tells meanwhile finds what is remembered here.
tl::expected<std::optional<SubjectKey>, std::string> KeyVault::Load(std::string_view subject) {
  if (auto cached = Cached(subject)) return cached;
  const std::lock_guard lock(mutex_);
  const auto stored = store_->Load(subject);
  if (!stored) return Wrong(stored.error());
  if (stored->empty()) return std::nullopt;
  auto key = Unwrap(subject, stored->back());
  if (!key) return Wrong(key.error());
  if (cache_.size() >= kCacheMax) cache_.clear();
  return cache_[std::string(subject)] = std::move(*key);
}

tl::expected<SubjectKey, std::string> KeyVault::Unwrap(std::string_view subject,
                                                       const WrappedKey& key) const {
  auto text = Decrypt(wrap_key_, key.wrapped, subject);
  if (!text) return Wrong("a key is damaged: bring " + store_->Where() + " back from a copy");
  return SubjectKey{key.id, std::move(*text)};
}

tl::expected<void, std::string> KeyVault::Destroy(std::string_view subject) {
  auto erased = store_->Erase(subject);
  Forget(subject);
  return erased;
}

tl::expected<SubjectKey, std::string> KeyVault::AtHand::KeyFor(std::string_view subject) {
  auto key = vault_.Load(subject);
  if (!key) return Wrong(key.error());
  if (!*key) return Wrong("the key of " + std::string(subject) + " is not at hand");
  return **key;
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

FoundKey PassingKeys::Find(std::string_view subject, std::string_view key_id) {
  const auto made = made_.find(absl::string_view(subject.data(), subject.size()));
  if (made != made_.end() && made->second.id == key_id) return made->second;
  return vault_.at_hand().Find(subject, key_id);
}

}  // namespace dialtone::vault
