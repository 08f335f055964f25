// Appends wrapped keys, and what tells that they are destroyed, to the topic of keys.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/kafka_producer.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::vault {

struct KafkaKeyRecord {
  std::string key;
  std::optional<std::string> value;  // none: a tombstone
};

// Any thread.
class KafkaKeyWriter {
 public:
  static engine::LedgerExpected<std::unique_ptr<KafkaKeyWriter>> Open(
      const engine::KafkaOptions& options);
  ~KafkaKeyWriter();
  KafkaKeyWriter(const KafkaKeyWriter&) = delete;
  KafkaKeyWriter& operator=(const KafkaKeyWriter&) = delete;

  // Returns when every replica in sync has all of them, or with the first error: then each may be
  // there or not. Within twice the options' append_timeout.
  engine::LedgerExpected<void> Write(const std::vector<KafkaKeyRecord>& records);
  // Waits for nothing, and tells nothing.
  void Post(const KafkaKeyRecord& record);

 private:
  // What one Write waits for.
  struct Batch {
    std::size_t open = 0;
    rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
  };

  explicit KafkaKeyWriter(const engine::KafkaOptions& options);
  engine::LedgerExpected<std::shared_ptr<engine::ServedKafkaProducer>> LivingProducer();
  void TakeReports(const std::vector<engine::KafkaReport>& reports);

  const engine::KafkaOptions options_;
  std::mutex mutex_;
  std::condition_variable reported_;
  std::uint64_t next_number_ = 1;             // 0 is nobody's
  std::map<std::uint64_t, Batch*> expected_;  // by the number that a record carries along
  std::shared_ptr<engine::ServedKafkaProducer> producer_;
};

}  // namespace dialtone::vault
