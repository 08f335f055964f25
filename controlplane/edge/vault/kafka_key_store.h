// Wrapped keys on Kafka, for all nodes of a ledger: a compacted topic of one partition, which every
// node has in memory whole, wrapped. README.md has the format, controlplane/adr/0008 the reasons.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/edge/vault/kafka_key_reader.h"
#include "controlplane/edge/vault/kafka_key_writer.h"
#include "controlplane/edge/vault/key_store.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/kafka_topic.h"

namespace dialtone::vault {

// What the ledger's topic tells of its keys.
enum class LedgerUse : std::uint8_t {
  kNew,   // keys may never have been made
  kUsed,  // they were, and must be there
};

struct KafkaKeyOptions {
  engine::KafkaOptions kafka;  // of the keys' own topic; its partition_count is 1
  // A destroyed key is compacted away by brokers not before this, and soon after.
  Duration compaction_lag = Duration::Hours(1);
  // For news of other nodes.
  Duration patience = Duration::Seconds(2);
};

// Of the topic beside a ledger's: `<topic>.keys`.
KafkaKeyOptions KeyOptionsOf(const engine::KafkaOptions& ledger);

class KafkaKeyStore final : public KeyStore {
 public:
  // Makes the topic if it is not there, checks it, and reads it whole.
  static engine::LedgerExpected<std::unique_ptr<KafkaKeyStore>> Open(const KafkaKeyOptions& options,
                                                                     LedgerUse use);
  // What the topic must be.
  static engine::WantedSettings TopicSettings(const KafkaKeyOptions& options);
  ~KafkaKeyStore() override;

  Stored<std::vector<WrappedKey>> Load(std::string_view subject) override;
  // Stored by all replicas in sync, and read back. Of two nodes that add a key for one subject at
  // once both keys stay, and the later in the topic is the one to seal with.
  Stored<void> Add(const std::vector<NewKey>& keys) override;
  Stored<void> Erase(std::string_view subject) override;
  bool CatchUp() override;
  Stored<void> Sound() override;

  Stored<std::optional<std::string>> Canary() override;
  Stored<void> AddCanary(const std::string& canary) override;
  std::optional<std::string> AnySubject() override;

  void OnChange(std::function<void(std::string_view)> changed) override;
  std::string Where() const override;

 private:
  using Clock = std::chrono::steady_clock;

  explicit KafkaKeyStore(const KafkaKeyOptions& options);
  engine::LedgerExpected<void> Start(LedgerUse use);
  engine::LedgerExpected<void> FindTopic(LedgerUse use) const;
  void Take(const KafkaKeyReader::Record& record);
  void TakeKey(const std::string& subject, std::string_view id,
               std::optional<std::string_view> wrapped);
  void TakeCanary(const std::string& canary);
  void Roll();
  // Until `is_there`, with the lock held, says so.
  Stored<void> Write(const std::vector<KafkaKeyRecord>& records,
                     const std::function<bool()>& is_there);
  bool Has(const std::string& subject, std::string_view id) const;

  const KafkaKeyOptions options_;

  mutable std::mutex mutex_;
  std::condition_variable taken_;
  // Of each subject its keys in the topic's order: the id and the wrapped key behind it.
  absl::flat_hash_map<std::string, std::vector<std::string>> keys_;
  std::optional<std::string> canary_;
  Timestamp newest_;     // of all records
  Timestamp destroyed_;  // of the newest tombstone
  std::optional<Clock::time_point> rolled_at_;

  std::mutex changed_mutex_;
  std::function<void(std::string_view)> changed_;

  std::unique_ptr<KafkaKeyWriter> writer_;
  std::unique_ptr<KafkaKeyReader> reader_;  // the first to end: its thread uses the rest
};

}  // namespace dialtone::vault
