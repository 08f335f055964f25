// One idempotent producer of one topic, and what comes back of what it is given.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

using KafkaHeaders = std::vector<std::pair<std::string, std::string>>;

// What librdkafka takes a copy of.
struct KafkaRecord {
  std::uint32_t partition = 0;
  std::string_view key;
  std::optional<std::string_view> value;  // none: a tombstone
  const KafkaHeaders* headers = nullptr;
  std::uint64_t number = 0;  // comes back with the report
};

struct KafkaReport {
  std::uint32_t partition = 0;
  std::uint64_t number = 0;
  std::int64_t offset = 0;  // if there is no error; may be none all the same: see PlausibleOffsets
  rd_kafka_resp_err_t error = RD_KAFKA_RESP_ERR_NO_ERROR;
};

struct KafkaProducerHooks {
  std::function<void(const std::vector<KafkaReport>&)> reported;
  std::function<void()> died;
  std::function<void(std::string_view json)> counted;  // statistics
};

// Errors are told as the options say. A fatal one ends the producer; nothing else does, for its
// numbers keep the order of what it has in flight.
class KafkaProducer {
 public:
  // `role`: one of a producer.
  static LedgerExpected<std::unique_ptr<KafkaProducer>> Open(const KafkaOptions& options,
                                                             KafkaProducerHooks hooks,
                                                             KafkaRole role = KafkaRole::kAppend);
  // What was not reported never will be. What is in flight may be stored all the same.
  ~KafkaProducer();
  KafkaProducer(const KafkaProducer&) = delete;
  KafkaProducer& operator=(const KafkaProducer&) = delete;

  // With an error the record is refused at once, and never reported. Any thread.
  rd_kafka_resp_err_t Send(const KafkaRecord& record);
  // Calls hooks with what comes within `wait`; false: nothing came. One thread.
  bool Serve(Duration wait);
  // Lets Serve return.
  void Wake() { rd_kafka_queue_yield(events_.get()); }

  bool dead() const { return dead_; }
  const KafkaClient& client() const { return client_; }

 private:
  KafkaProducer(const KafkaOptions& options, KafkaProducerHooks hooks, KafkaClient client);
  void Take(rd_kafka_event_t& event);
  void TellReports();
  void TakeError(rd_kafka_event_t& event);

  const KafkaOptions options_;
  const KafkaProducerHooks hooks_;
  const KafkaClient client_;
  const KafkaQueue events_;
  std::vector<KafkaReport> reports_;  // taken, and not told yet
  std::atomic<bool> dead_{false};
};

// A producer with a thread of its own that serves it.
class ServedKafkaProducer {
 public:
  explicit ServedKafkaProducer(std::unique_ptr<KafkaProducer> producer);
  ~ServedKafkaProducer();
  ServedKafkaProducer(const ServedKafkaProducer&) = delete;
  ServedKafkaProducer& operator=(const ServedKafkaProducer&) = delete;

  KafkaProducer& operator*() const { return *producer_; }
  KafkaProducer* operator->() const { return producer_.get(); }

 private:
  const std::unique_ptr<KafkaProducer> producer_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace dialtone::engine
