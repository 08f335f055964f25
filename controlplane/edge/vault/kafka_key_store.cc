#include "controlplane/edge/vault/kafka_key_store.h"

#include <algorithm>
#include <chrono>
#include <utility>

#include "controlplane/edge/vault/aes_gcm.h"
#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::vault {

using engine::LedgerExpected;
using engine::LedgerFault;

namespace {

// What no subject begins with. A canary's name ends in random bytes: each stays where it stands, so
// that the first of them remains the first, whatever is compacted.
const std::string kCanaryName("\0canary", 7);
const std::string kRollName("\0roll", 5);
constexpr std::size_t kCanaryRandom = 8;
constexpr Duration kTombstonesKept = Duration::Days(7);
constexpr std::chrono::seconds kRollAgainAfter{10};

tl::unexpected<std::string> Wrong(std::string sentence) {
  return tl::unexpected<std::string>(std::move(sentence));
}

std::string NameOf(std::string_view subject, std::string_view id) {
  std::string name(subject);
  name.push_back('\0');
  return name += id;
}

bool IsKeyName(std::string_view name) {
  return name.size() > kKeyIdChars + 1 && name[name.size() - kKeyIdChars - 1] == '\0' &&
         name.front() != '\0';
}

Timestamp Now() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return Timestamp::Micros(std::chrono::duration_cast<std::chrono::microseconds>(now).count());
}

std::string MillisText(Duration span) { return std::to_string(span.micros() / 1'000); }

}  // namespace

KafkaKeyOptions KeyOptionsOf(const engine::KafkaOptions& ledger) {
  KafkaKeyOptions options{ledger};
  options.kafka.topic += ".keys";
  options.kafka.partition_count = 1;
  return options;
}

engine::WantedSettings KafkaKeyStore::TopicSettings(const KafkaKeyOptions& options) {
  const std::string lag = MillisText(options.compaction_lag);
  return {{"cleanup.policy", "compact"},
          {"max.compaction.lag.ms", lag},
          {"segment.ms", lag},
          {"delete.retention.ms", MillisText(kTombstonesKept)},
          {"message.timestamp.type", "CreateTime"},
          {"unclean.leader.election.enable", "false"},
          {"compression.type", "producer"}};
}

KafkaKeyStore::KafkaKeyStore(const KafkaKeyOptions& options) : options_(options) {}

KafkaKeyStore::~KafkaKeyStore() = default;

LedgerExpected<std::unique_ptr<KafkaKeyStore>> KafkaKeyStore::Open(const KafkaKeyOptions& options,
                                                                   LedgerUse use) {
  std::unique_ptr<KafkaKeyStore> store(new KafkaKeyStore(options));
  if (auto started = store->Start(use); !started) return tl::unexpected(started.error());
  return store;
}

LedgerExpected<void> KafkaKeyStore::Start(LedgerUse use) {
  if (auto found = FindTopic(use); !found) return found;
  auto writer = KafkaKeyWriter::Open(options_.kafka);
  if (!writer) return tl::unexpected(writer.error());
  writer_ = std::move(*writer);
  auto reader = KafkaKeyReader::Open(
      options_.kafka,
      {[this](const KafkaKeyReader::Record& record) { Take(record); }, [this] { Roll(); }});
  if (!reader) return tl::unexpected(reader.error());
  reader_ = std::move(*reader);
  const std::lock_guard lock(mutex_);
  if (use == LedgerUse::kUsed && !canary_) {
    return engine::Refuse(LedgerFault::kForeign,
                          "topic " + options_.kafka.topic +
                              " has no keys, but its ledger was used: bring the topic back");
  }
  return {};
}

// Before there is a producer: brokers may make a topic that one asks for. Keys that are gone are
// not made anew, for what was sealed under them would look erased.
LedgerExpected<void> KafkaKeyStore::FindTopic(LedgerUse use) const {
  const auto client = engine::OpenKafka(options_.kafka, engine::KafkaRole::kHistory);
  if (!client) return tl::unexpected(client.error());
  const bool is_used = use == LedgerUse::kUsed;
  return engine::EnsureTopic(*client, options_.kafka, TopicSettings(options_),
                             is_used ? engine::IfAbsent::kRefuse : engine::IfAbsent::kMake);
}

void KafkaKeyStore::Take(const KafkaKeyReader::Record& record) {
  {
    const std::lock_guard lock(mutex_);
    newest_ = std::max(newest_, record.at);
    if (!record.value) destroyed_ = std::max(destroyed_, record.at);
  }
  if (IsKeyName(record.key)) {
    const std::size_t subject_chars = record.key.size() - kKeyIdChars - 1;
    TakeKey(std::string(record.key.substr(0, subject_chars)), record.key.substr(subject_chars + 1),
            record.value);
  } else if (record.value && record.key.substr(0, kCanaryName.size()) == kCanaryName) {
    TakeCanary(std::string(*record.value));
  }
}

// What comes twice stands where it came first: a producer may have sent it again.
void KafkaKeyStore::TakeKey(const std::string& subject, std::string_view id,
                            std::optional<std::string_view> wrapped) {
  {
    const std::lock_guard lock(mutex_);
    if (wrapped && !Has(subject, id)) {
      keys_[subject].push_back(std::string(id) + std::string(*wrapped));
      keys_[subject].shrink_to_fit();
    } else if (const auto found = keys_.find(subject); !wrapped && found != keys_.end()) {
      std::vector<std::string>& all = found->second;
      const auto is_it = [&](const std::string& one) {
        return std::string_view(one).substr(0, kKeyIdChars) == id;
      };
      all.erase(std::remove_if(all.begin(), all.end(), is_it), all.end());
      if (all.empty()) keys_.erase(found);
    }
  }
  taken_.notify_all();
  const std::lock_guard lock(changed_mutex_);
  if (changed_) changed_(subject);
}

void KafkaKeyStore::TakeCanary(const std::string& canary) {
  {
    const std::lock_guard lock(mutex_);
    if (!canary_) canary_ = canary;
  }
  taken_.notify_all();
}

// Brokers compact no segment that is still written to, and end one only when a record comes. So
// once a tombstone has its age, one more record comes, and what it destroys can go.
void KafkaKeyStore::Roll() {
  {
    const std::lock_guard lock(mutex_);
    const Timestamp due = destroyed_ + options_.compaction_lag;
    if (destroyed_ == Timestamp() || newest_ > due || Now() <= due) return;
    if (rolled_at_ && Clock::now() - *rolled_at_ < kRollAgainAfter) return;
    rolled_at_ = Clock::now();
  }
  writer_->Post({kRollName, "roll"});
}

Stored<std::vector<WrappedKey>> KafkaKeyStore::Load(std::string_view subject) {
  std::vector<WrappedKey> loaded;
  const std::lock_guard lock(mutex_);
  const auto found = keys_.find(absl::string_view(subject.data(), subject.size()));
  if (found == keys_.end()) return loaded;
  for (const std::string& one : found->second)
    loaded.push_back({one.substr(0, kKeyIdChars), one.substr(kKeyIdChars)});
  return loaded;
}

// REQUIRES: mutex_ is held.
bool KafkaKeyStore::Has(const std::string& subject, std::string_view id) const {
  const auto found = keys_.find(subject);
  return found != keys_.end() &&
         std::any_of(found->second.begin(), found->second.end(), [&](const std::string& one) {
           return std::string_view(one).substr(0, kKeyIdChars) == id;
         });
}

// A producer may be told of a success that is none: what counts is what is read back.
Stored<void> KafkaKeyStore::Write(const std::vector<KafkaKeyRecord>& records,
                                  const std::function<bool()>& is_there) {
  if (auto sound = Sound(); !sound) return sound;
  if (const auto written = writer_->Write(records); !written) return Wrong(ToText(written.error()));
  const auto wait = std::chrono::microseconds(options_.patience.micros());
  std::unique_lock lock(mutex_);
  if (taken_.wait_for(lock, wait, is_there)) return {};
  return Wrong("topic " + options_.kafka.topic + " does not show what was written to it");
}

Stored<void> KafkaKeyStore::Sound() {
  const auto damage = reader_->damage();
  if (!damage) return {};
  return Wrong("topic " + options_.kafka.topic + " is not the one that was read (" +
               damage->reason +
               (damage->is_final ? "): bring it back, and restart this node"
                                 : "), brokers say: they are asked again"));
}

Stored<void> KafkaKeyStore::Add(const std::vector<NewKey>& keys) {
  std::vector<KafkaKeyRecord> records;
  for (const auto& [subject, key] : keys) {
    records.push_back({NameOf(subject, key.id), key.wrapped});
    if (!IsKeyName(records.back().key)) return Wrong("a key cannot be stored for this subject");
  }
  const auto added = Write(records, [&] {
    return std::all_of(keys.begin(), keys.end(),
                       [&](const NewKey& one) { return Has(one.subject, one.key.id); });
  });
  if (!added) return Wrong("keys cannot be stored: " + added.error());
  return {};
}

// A key that another node has stored a moment ago goes too.
Stored<void> KafkaKeyStore::Erase(std::string_view subject) {
  if (!CatchUp()) return Wrong("a key cannot be destroyed: brokers do not answer in time");
  const std::string name(subject);
  const auto present = Load(subject);
  std::vector<KafkaKeyRecord> tombstones;
  for (const WrappedKey& one : *present)
    tombstones.push_back({NameOf(subject, one.id), std::nullopt});
  if (tombstones.empty()) return {};
  const auto erased = Write(tombstones, [&] {
    return std::none_of(present->begin(), present->end(),
                        [&](const WrappedKey& one) { return Has(name, one.id); });
  });
  if (!erased) return Wrong("a key cannot be destroyed: " + erased.error());
  return {};
}

bool KafkaKeyStore::CatchUp() { return reader_->CatchUp(options_.patience); }

Stored<std::optional<std::string>> KafkaKeyStore::Canary() {
  const std::lock_guard lock(mutex_);
  return canary_;
}

Stored<void> KafkaKeyStore::AddCanary(const std::string& canary) {
  return Write({{kCanaryName + RandomBytes(kCanaryRandom), canary}},
               [this] { return canary_.has_value(); });
}

std::optional<std::string> KafkaKeyStore::AnySubject() {
  const std::lock_guard lock(mutex_);
  if (keys_.empty()) return std::nullopt;
  return keys_.begin()->first;
}

void KafkaKeyStore::OnChange(std::function<void(std::string_view)> changed) {
  const std::lock_guard lock(changed_mutex_);
  changed_ = std::move(changed);
}

std::string KafkaKeyStore::Where() const {
  return "the keys in topic " + options_.kafka.topic + " at " + options_.kafka.brokers;
}

}  // namespace dialtone::vault
