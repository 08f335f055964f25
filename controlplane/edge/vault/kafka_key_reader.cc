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

LedgerExpected<std::unique_ptr<KafkaKeyReader>> KafkaKeyReader::Open(const KafkaOptions& options,
                                                                     Hearer hearer) {
  auto client = engine::OpenKafka(options, KafkaRole::kFollow);
  if (!client) return tl::unexpected(client.error());
  // What knows the leader begins at once, and not when it next looks for one.
  if (auto known = engine::AskMetadata(*client, options.open_timeout); !known)
    return tl::unexpected(known.error());
  std::unique_ptr<KafkaKeyReader> reader(
      new KafkaKeyReader(options, std::move(hearer), std::move(*client)));
  if (auto started = reader->Start(); !started) return tl::unexpected(started.error());
  return reader;
}

// A broker of a topic that was made a moment ago may not know yet that it leads it.
LedgerExpected<void> KafkaKeyReader::Start() {
  if (!Consume()) return engine::Unreachable(options_, rd_kafka_last_error());
  thread_ = std::thread([this] { Serve(); });
  const auto deadline = Clock::now() + Micros(options_.open_timeout);
  while (!AskAndWait(options_.open_timeout)) {
    if (Clock::now() > deadline) return engine::Unreachable(options_, RD_KAFKA_RESP_ERR__TIMED_OUT);
    std::this_thread::sleep_for(std::chrono::milliseconds(kServeMillis));
  }
  has_started_ = true;
  return {};
}

// From where all before is taken.
bool KafkaKeyReader::Consume() {
  const std::lock_guard lock(mutex_);
  const std::int64_t from = next_ == 0 ? RD_KAFKA_OFFSET_BEGINNING : next_;
  return rd_kafka_consume_start_queue(client_.topic.get(), kPartition, from, queue_.get()) == 0;
}

KafkaKeyReader::~KafkaKeyReader() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  moved_.notify_all();
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  rd_kafka_consume_stop(client_.topic.get(), kPartition);
}

void KafkaKeyReader::Serve() {
  while (!stopping_) {
    const KafkaMessage message(rd_kafka_consume_queue(queue_.get(), kServeMillis));
    if (message) {
      Take(*message);
    } else {
      hearer_.tick();
    }
    if (must_follow_again_.exchange(false)) FollowAgain();
  }
}

void KafkaKeyReader::Take(const rd_kafka_message_t& message) {
  const bool is_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_end) return TakeError(message);
  if (IsFinal()) return;
  if (is_end && message.offset < next())
    return NoteDamage("it ends at offset " + std::to_string(message.offset));
  NoteSound();
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
    has_heard_ = true;
  }
  moved_.notify_all();
}

// What comes behind an error may lie behind a gap, such as of bytes that are damaged. Compaction
// makes gaps too: so it is the error that tells, and all is read again from before it.
void KafkaKeyReader::TakeError(const rd_kafka_message_t& message) {
  const std::string text = rd_kafka_message_errstr(&message);
  if (TellsOfLoss(message.err)) {
    NoteDamage(text);
  } else {
    options_.tell("cannot follow the keys: " + text);
  }
  {
    std::unique_lock lock(mutex_);
    moved_.wait_for(lock, kAskAgainAfter, [this] { return stopping_.load(); });
  }
  FollowAgain();
}

// Brokers tell at least the topic's end then.
void KafkaKeyReader::FollowAgain() {
  rd_kafka_consume_stop(client_.topic.get(), kPartition);
  if (!Consume()) NoteDamage("it cannot be read any more");
}

// Brokers that have just made a topic may deny it for a moment.
bool KafkaKeyReader::TellsOfLoss(rd_kafka_resp_err_t error) const {
  const bool is_gone = error == RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC ||
                       error == RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION ||
                       error == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART;
  const bool is_cut = error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
                      error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
  return is_cut || (is_gone && has_started_);
}

void KafkaKeyReader::NoteDamage(std::string reason) {
  {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (damage_) {
      damage_->is_final |= now - damaged_since_ > Micros(options_.append_timeout * 2);
      return;
    }
    damage_ = Damage{std::move(reason), false};
    damaged_since_ = now;
  }
  moved_.notify_all();
  if (const auto damage = this->damage())
    options_.tell("the keys in topic " + options_.topic + " seem damaged: " + damage->reason);
}

// What was read is still there, before what comes now.
void KafkaKeyReader::NoteSound() {
  const std::lock_guard lock(mutex_);
  if (damage_ && !damage_->is_final) damage_.reset();
}

bool KafkaKeyReader::IsFinal() const {
  const std::lock_guard lock(mutex_);
  return damage_ && damage_->is_final;
}

std::int64_t KafkaKeyReader::next() const {
  const std::lock_guard lock(mutex_);
  return next_;
}

std::optional<KafkaKeyReader::Damage> KafkaKeyReader::damage() const {
  const std::lock_guard lock(mutex_);
  return damage_;
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

// What was there stays, or its topic is another one.
bool KafkaKeyReader::AskAndWait(Duration wait) {
  const auto deadline = Clock::now() + Micros(wait);
  const std::int64_t known = next();
  const auto answer = engine::AskOffset(client_, options_, kPartition, RD_KAFKA_OFFSET_END, wait);
  if (!answer) return false;
  const auto end = static_cast<std::int64_t>(*answer);
  if (end < known) {
    NoteDamage("it ends at offset " + std::to_string(end) + ", and was read up to " +
               std::to_string(known));
    must_follow_again_ = true;
    return false;
  }
  std::unique_lock lock(mutex_);
  const auto is_there = [&] { return has_heard_ && next_ >= end && !damage_; };
  return moved_.wait_until(lock, deadline, is_there);
}

}  // namespace dialtone::vault
