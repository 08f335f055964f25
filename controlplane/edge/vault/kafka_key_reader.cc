#include "controlplane/edge/vault/kafka_key_reader.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::vault {

using engine::KafkaHandle;
using engine::KafkaMessage;
using engine::KafkaOptions;
using engine::KafkaRole;
using engine::KafkaTopic;
using engine::LedgerExpected;

namespace {

constexpr int kServeMillis = 100;
constexpr std::int32_t kPartition = 0;
constexpr std::chrono::seconds kAskAgainAfter{1};

using PartitionList =
    engine::KafkaOwned<rd_kafka_topic_partition_list_t, rd_kafka_topic_partition_list_destroy>;

std::chrono::microseconds Micros(Duration span) { return std::chrono::microseconds(span.micros()); }

}  // namespace

KafkaKeyReader::KafkaKeyReader(const KafkaOptions& options, Hearer hearer, KafkaHandle client,
                               KafkaTopic topic)
    : options_(options),
      hearer_(std::move(hearer)),
      client_(std::move(client)),
      topic_(std::move(topic)),
      queue_(rd_kafka_queue_new(client_.get())) {}

LedgerExpected<std::unique_ptr<KafkaKeyReader>> KafkaKeyReader::Open(
    const KafkaOptions& options, const engine::WantedSettings& wanted, Hearer hearer) {
  auto client = engine::NewKafkaClient(options, KafkaRole::kFollow);
  if (!client) return tl::unexpected(client.error());
  auto topic = engine::NewKafkaTopic(**client, options);
  if (!topic) return tl::unexpected(topic.error());
  if (auto sound = engine::EnsureTopic(**client, **topic, options, wanted); !sound)
    return tl::unexpected(sound.error());
  std::unique_ptr<KafkaKeyReader> reader(
      new KafkaKeyReader(options, std::move(hearer), std::move(*client), std::move(*topic)));
  if (auto started = reader->Start(); !started) return tl::unexpected(started.error());
  return reader;
}

// A broker of a topic that was made a moment ago may not know yet that it leads it.
LedgerExpected<void> KafkaKeyReader::Start() {
  if (rd_kafka_consume_start_queue(topic_.get(), kPartition, RD_KAFKA_OFFSET_BEGINNING,
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
  rd_kafka_consume_stop(topic_.get(), kPartition);
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

// The time that stands for the end is asked for: rd_kafka_query_watermark_offsets would go on for
// socket.timeout.ms while a broker is away, whatever it is told.
bool KafkaKeyReader::AskAndWait(Duration wait) {
  const auto deadline = Clock::now() + Micros(wait);
  const PartitionList asked(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const place =
      rd_kafka_topic_partition_list_add(asked.get(), options_.topic.c_str(), kPartition);
  place->offset = RD_KAFKA_OFFSET_END;
  const auto error = rd_kafka_offsets_for_times(client_.get(), asked.get(), engine::Millis(wait));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || place->err != RD_KAFKA_RESP_ERR_NO_ERROR) return false;
  const std::int64_t end = place->offset;
  if (end < 0) return false;
  std::unique_lock lock(mutex_);
  return moved_.wait_until(lock, deadline, [&] { return next_ >= end; });
}

}  // namespace dialtone::vault
