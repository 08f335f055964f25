#include "controlplane/edge/vault/kafka_key_reader.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

namespace dialtone::vault {

using engine::KafkaClient;
using engine::KafkaMessage;
using engine::KafkaOptions;
using engine::KafkaRole;
using engine::LedgerExpected;

namespace {

constexpr int kServeMillis = 100;
constexpr std::int32_t kPartition = 0;
constexpr std::chrono::seconds kAskAgainAfter{1};

std::chrono::microseconds Micros(Duration span) { return std::chrono::microseconds(span.micros()); }

}  // namespace

KafkaKeyReader::KafkaKeyReader(const KafkaOptions& options, Hearer hearer, KafkaClient client)
    : options_(options),
      hearer_(std::move(hearer)),
      client_(std::move(client)),
      queue_(rd_kafka_queue_new(client_.handle.get())) {}

LedgerExpected<std::unique_ptr<KafkaKeyReader>> KafkaKeyReader::Open(
    const KafkaOptions& options, const engine::WantedSettings& wanted, Hearer hearer) {
  auto client = engine::OpenKafka(options, KafkaRole::kFollow);
  if (!client) return tl::unexpected(client.error());
  if (auto sound = engine::EnsureTopic(*client, options, wanted); !sound)
    return tl::unexpected(sound.error());
  std::unique_ptr<KafkaKeyReader> reader(
      new KafkaKeyReader(options, std::move(hearer), std::move(*client)));
  if (auto started = reader->Start(); !started) return tl::unexpected(started.error());
  return reader;
}

// A broker of a topic that was made a moment ago may not know yet that it leads it.
LedgerExpected<void> KafkaKeyReader::Start() {
  if (rd_kafka_consume_start_queue(client_.topic.get(), kPartition, RD_KAFKA_OFFSET_BEGINNING,
                                   queue_.get()) != 0)
    return engine::Unreachable(options_, rd_kafka_last_error());
  thread_ = std::thread([this] { Serve(); });
  const auto deadline = Clock::now() + Micros(options_.open_timeout);
  while (!AskAndWait(options_.open_timeout)) {
    if (Clock::now() > deadline) return engine::Unreachable(options_, RD_KAFKA_RESP_ERR__TIMED_OUT);
    std::this_thread::sleep_for(std::chrono::milliseconds(kServeMillis));
  }
  return {};
}

KafkaKeyReader::~KafkaKeyReader() {
  stopping_ = true;
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  rd_kafka_consume_stop(client_.topic.get(), kPartition);
}

void KafkaKeyReader::Serve() {
  while (!stopping_) {
    const KafkaMessage message(rd_kafka_consume_queue(queue_.get(), kServeMillis));
    if (message)
      Take(*message);
    else
      hearer_.tick();
  }
}

void KafkaKeyReader::Take(const rd_kafka_message_t& message) {
  const bool is_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_end)
    return options_.tell(std::string("cannot follow the keys: ") +
                         rd_kafka_message_errstr(&message));
  if (!is_end) {
    Record record;
    record.key = {static_cast<const char*>(message.key), message.key_len};
    if (message.payload != nullptr)
      record.value.emplace(static_cast<const char*>(message.payload), message.len);
    rd_kafka_timestamp_type_t ignored{};
    record.at = Timestamp::Micros(rd_kafka_message_timestamp(&message, &ignored) * 1'000);
    hearer_.take(record);
  }
  {
    const std::lock_guard lock(mutex_);
    next_ = std::max(next_, is_end ? message.offset : message.offset + 1);
  }
  moved_.notify_all();
}

bool KafkaKeyReader::CatchUp(Duration wait) {
  const Clock::time_point asked = Clock::now();
  const std::lock_guard lock(asking_);
  if (reached_since_ >= asked) return true;
  if (failed_at_ && Clock::now() - *failed_at_ < kAskAgainAfter) return false;
  const Clock::time_point began = Clock::now();
  const bool reached = AskAndWait(wait);
  failed_at_.reset();
  if (reached)
    reached_since_ = began;
  else
    failed_at_ = Clock::now();
  return reached;
}

bool KafkaKeyReader::AskAndWait(Duration wait) {
  const auto deadline = Clock::now() + Micros(wait);
  const auto end = engine::AskOffset(client_, options_, kPartition, RD_KAFKA_OFFSET_END, wait);
  if (!end) return false;
  std::unique_lock lock(mutex_);
  return moved_.wait_until(lock, deadline,
                           [&] { return next_ >= static_cast<std::int64_t>(*end); });
}

}  // namespace dialtone::vault
