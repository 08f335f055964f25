#include "controlplane/edge/vault/kafka_key_writer.h"

#include <atomic>
#include <chrono>
#include <thread>
#include <utility>

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::vault {

using engine::KafkaEvent;
using engine::KafkaHandle;
using engine::KafkaOptions;
using engine::KafkaQueue;
using engine::KafkaRole;
using engine::KafkaTopic;
using engine::LedgerExpected;

namespace {

constexpr int kServeMillis = 200;
constexpr std::int32_t kPartition = 0;

}  // namespace

// One producer, and the one thread that serves it.
class KafkaKeyWriter::Session {
 public:
  Session(KafkaKeyWriter& writer, KafkaHandle client, KafkaTopic topic)
      : writer_(writer),
        client_(std::move(client)),
        topic_(std::move(topic)),
        events_(rd_kafka_queue_get_main(client_.get())),
        thread_([this] { Serve(); }) {}

  ~Session() {
    stopping_ = true;
    rd_kafka_queue_yield(events_.get());
    thread_.join();
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool dead() const { return dead_; }

  // An error: refused at once, and never reported.
  rd_kafka_resp_err_t Send(const KafkaKeyRecord& record, std::uint64_t number) {
    // librdkafka takes a copy, and does not change what it copies.
    void* const bytes = record.value ? const_cast<char*>(record.value->data()) : nullptr;
    const int refused = rd_kafka_produce(topic_.get(), kPartition, RD_KAFKA_MSG_F_COPY, bytes,
                                         record.value ? record.value->size() : 0, record.key.data(),
                                         record.key.size(), reinterpret_cast<void*>(number));
    return refused == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
  }

 private:
  void Serve() {
    while (!stopping_) {
      const KafkaEvent event(rd_kafka_queue_poll(events_.get(), kServeMillis));
      if (!event) continue;
      const auto type = rd_kafka_event_type(event.get());
      if (type == RD_KAFKA_EVENT_DR) {
        while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get()))
          writer_.TakeReport(reinterpret_cast<std::uint64_t>(message->_private), message->err);
      } else if (type == RD_KAFKA_EVENT_ERROR) {
        TakeError(*event);
      }
    }
  }

  void TakeError(rd_kafka_event_t& event) {
    std::string text = rd_kafka_event_error_string(&event);
    if (rd_kafka_event_error_is_fatal(&event) != 0) {
      text = "the producer of keys is replaced: " + text;
      dead_ = true;
    }
    writer_.options_.tell(text);
  }

  KafkaKeyWriter& writer_;
  const KafkaHandle client_;
  const KafkaTopic topic_;
  const KafkaQueue events_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> dead_{false};
  std::thread thread_;
};

KafkaKeyWriter::KafkaKeyWriter(const KafkaOptions& options) : options_(options) {}

KafkaKeyWriter::~KafkaKeyWriter() = default;

LedgerExpected<std::unique_ptr<KafkaKeyWriter>> KafkaKeyWriter::Open(const KafkaOptions& options) {
  std::unique_ptr<KafkaKeyWriter> writer(new KafkaKeyWriter(options));
  if (auto session = writer->LivingSession(); !session) return tl::unexpected(session.error());
  return writer;
}

// A fatal error ends a producer: the next that writes makes another. The old one ends outside the
// lock, which its thread may wait for.
LedgerExpected<std::shared_ptr<KafkaKeyWriter::Session>> KafkaKeyWriter::LivingSession() {
  std::shared_ptr<Session> dead;
  const std::lock_guard lock(mutex_);
  if (session_ && !session_->dead()) return session_;
  auto client = engine::NewKafkaClient(options_, KafkaRole::kAppend);
  if (!client) return tl::unexpected(client.error());
  auto topic = engine::NewKafkaTopic(**client, options_);
  if (!topic) return tl::unexpected(topic.error());
  dead = std::exchange(session_,
                       std::make_shared<Session>(*this, std::move(*client), std::move(*topic)));
  return session_;
}

LedgerExpected<void> KafkaKeyWriter::Write(const std::vector<KafkaKeyRecord>& records) {
  const auto session = LivingSession();
  if (!session) return tl::unexpected(session.error());
  Batch batch;
  std::unique_lock lock(mutex_);
  const std::uint64_t first = next_number_;
  for (const KafkaKeyRecord& record : records) {
    const std::uint64_t number = next_number_++;
    batch.error = (*session)->Send(record, number);
    if (batch.error != RD_KAFKA_RESP_ERR_NO_ERROR) break;
    expected_[number] = &batch;
    ++batch.open;
  }
  const auto wait = std::chrono::microseconds((options_.append_timeout * 2).micros());
  const bool answered = reported_.wait_for(
      lock, wait, [&] { return batch.open == 0 || batch.error != RD_KAFKA_RESP_ERR_NO_ERROR; });
  expected_.erase(expected_.lower_bound(first), expected_.lower_bound(first + records.size()));
  if (!answered) return engine::Unreachable(options_, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (batch.error != RD_KAFKA_RESP_ERR_NO_ERROR) return engine::Unreachable(options_, batch.error);
  return {};
}

void KafkaKeyWriter::Post(const KafkaKeyRecord& record) {
  if (const auto session = LivingSession()) (*session)->Send(record, 0);
}

void KafkaKeyWriter::TakeReport(std::uint64_t number, rd_kafka_resp_err_t error) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = expected_.find(number);
    if (found == expected_.end()) return;
    Batch& batch = *found->second;
    --batch.open;
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR) batch.error = error;
    expected_.erase(found);
  }
  reported_.notify_all();
}

}  // namespace dialtone::vault
