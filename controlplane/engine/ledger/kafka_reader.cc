#include "controlplane/engine/ledger/kafka_reader.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <utility>

namespace dialtone::engine {

namespace {

constexpr std::size_t kWindowBytes = 1U << 20U;  // of each partition
constexpr int kServeMillis = 200;
constexpr std::size_t kBatch = 1'000;
constexpr Duration kNextRecord = Duration::Millis(20);  // what follows is mostly on its way
constexpr Duration kOutageMax = Duration::Seconds(5);

StoredRecord RecordOf(const rd_kafka_message_t& message) {
  const char* const bytes = static_cast<const char*>(message.payload);
  return {static_cast<Offset>(message.offset),
          bytes == nullptr ? std::string() : std::string(bytes, message.len)};
}

std::string Errno(const KafkaOptions& options, std::uint32_t partition) {
  return "cannot read topic " + options.topic + ", partition " + std::to_string(partition) + ": " +
         rd_kafka_err2str(rd_kafka_last_error());
}

}  // namespace

KafkaTail::KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaHandle client,
                     KafkaTopic topic)
    : options_(options),
      ends_(ends),
      client_(std::move(client)),
      topic_(std::move(topic)),
      queue_(rd_kafka_queue_new(client_.get())),
      windows_(options.partition_count) {
  for (std::uint32_t partition = 0; partition < options.partition_count; ++partition)
    windows_[partition].begin = windows_[partition].next = ends.Of(partition);
}

LedgerExpected<std::unique_ptr<KafkaTail>> KafkaTail::Open(const KafkaOptions& options,
                                                           KafkaEnds& ends) {
  auto client = NewKafkaClient(options, KafkaRole::kFollow);
  if (!client) return tl::unexpected(client.error());
  auto topic = NewKafkaTopic(**client, options);
  if (!topic) return tl::unexpected(topic.error());
  if (auto metadata = AskMetadata(**client, **topic, options.open_timeout); !metadata)
    return tl::unexpected(metadata.error());
  std::unique_ptr<KafkaTail> tail(
      new KafkaTail(options, ends, std::move(*client), std::move(*topic)));
  if (auto started = tail->Start(); !started) return tl::unexpected(started.error());
  return tail;
}

LedgerExpected<void> KafkaTail::Start() {
  for (std::uint32_t partition = 0; partition < windows_.size(); ++partition) {
    const auto from = static_cast<std::int64_t>(windows_[partition].next);
    if (rd_kafka_consume_start_queue(topic_.get(), static_cast<std::int32_t>(partition), from,
                                     queue_.get()) != 0)
      return Refuse(LedgerFault::kUnreachable, Errno(options_, partition));
  }
  thread_ = std::thread([this] { Serve(); });
  return {};
}

KafkaTail::~KafkaTail() {
  stopping_ = true;
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  for (std::uint32_t partition = 0; partition < windows_.size(); ++partition)
    rd_kafka_consume_stop(topic_.get(), static_cast<std::int32_t>(partition));
}

void KafkaTail::Serve() {
  std::array<rd_kafka_message_t*, kBatch> more{};
  while (!stopping_) {
    const KafkaMessage first(rd_kafka_consume_queue(queue_.get(), kServeMillis));
    if (!first) continue;
    bool has_news = Take(*first);
    const ssize_t count = rd_kafka_consume_batch_queue(queue_.get(), 0, more.data(), more.size());
    for (ssize_t i = 0; i < count; ++i) {
      const KafkaMessage message(more[static_cast<std::size_t>(i)]);
      has_news |= Take(*message);
    }
    if (has_news) ends_.Tell();
  }
}

// True if the log is longer than was known. An end that is told moves what is known without a
// record: what a broker keeps for itself takes offsets too.
bool KafkaTail::Take(const rd_kafka_message_t& message) {
  const auto partition = static_cast<std::uint32_t>(message.partition);
  const auto offset = static_cast<Offset>(message.offset);
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR &&
      message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF) {
    options_.tell("cannot follow partition " + std::to_string(message.partition) + ": " +
                  rd_kafka_message_errstr(&message));
    return false;
  }
  const bool is_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  Offset next = offset;
  {
    const std::lock_guard lock(mutex_);
    Window& window = windows_.at(partition);
    if (!is_end) {
      window.records.push_back(RecordOf(message));
      window.bytes += window.records.back().bytes.size();
      next = offset + 1;
    }
    window.next = std::max(window.next, next);
    while (window.bytes > kWindowBytes && window.records.size() > 1) {
      window.bytes -= window.records.front().bytes.size();
      window.begin = window.records.front().offset + 1;
      window.records.pop_front();
    }
  }
  moved_.notify_all();
  return ends_.Raise(partition, next);
}

std::optional<ReadResult> KafkaTail::Read(std::uint32_t partition, Offset from, Offset end,
                                          std::size_t bytes_max, Duration wait) const {
  std::unique_lock lock(mutex_);
  const Window& window = windows_[partition];
  if (from < window.begin) return std::nullopt;
  moved_.wait_for(lock, std::chrono::microseconds(wait.micros()),
                  [&] { return window.next >= end; });
  if (from < window.begin) return std::nullopt;
  ReadResult result{{}, std::max(from, window.next), false};
  const auto first =
      std::lower_bound(window.records.begin(), window.records.end(), from,
                       [](const StoredRecord& record, Offset at) { return record.offset < at; });
  std::size_t bytes = 0;
  for (auto record = first; record != window.records.end(); ++record) {
    if (!result.records.empty() && bytes + record->bytes.size() > bytes_max) {
      result.next = record->offset;
      break;
    }
    bytes += record->bytes.size();
    result.records.push_back(*record);
  }
  return result;
}

KafkaHistory::KafkaHistory(const KafkaOptions& options, KafkaHandle client, KafkaTopic topic)
    : options_(options), client_(std::move(client)), topic_(std::move(topic)) {}

KafkaHistory::~KafkaHistory() { Leave(); }

LedgerExpected<std::unique_ptr<KafkaHistory>> KafkaHistory::Open(const KafkaOptions& options) {
  auto client = NewKafkaClient(options, KafkaRole::kHistory);
  if (!client) return tl::unexpected(client.error());
  auto topic = NewKafkaTopic(**client, options);
  if (!topic) return tl::unexpected(topic.error());
  return std::unique_ptr<KafkaHistory>(
      new KafkaHistory(options, std::move(*client), std::move(*topic)));
}

LedgerExpected<KafkaHistory::Bounds> KafkaHistory::AskBounds(std::uint32_t partition,
                                                             Duration timeout) const {
  std::int64_t begin = 0;
  std::int64_t end = 0;
  const rd_kafka_resp_err_t error = rd_kafka_query_watermark_offsets(
      client_.get(), options_.topic.c_str(), static_cast<std::int32_t>(partition), &begin, &end,
      Millis(timeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR || begin < 0 || end < begin)
    return Unreachable(options_, error);
  return Bounds{static_cast<Offset>(begin), static_cast<Offset>(end)};
}

// A queue of its own for each start: nothing of the place before can come out of it.
void KafkaHistory::GoTo(const Place& place) {
  Leave();
  queue_.reset(rd_kafka_queue_new(client_.get()));
  const int started =
      rd_kafka_consume_start_queue(topic_.get(), static_cast<std::int32_t>(place.partition),
                                   static_cast<std::int64_t>(place.next), queue_.get());
  if (started != 0) return options_.tell(Errno(options_, place.partition));
  at_ = place;
}

void KafkaHistory::Leave() {
  held_.reset();
  if (at_) rd_kafka_consume_stop(topic_.get(), static_cast<std::int32_t>(at_->partition));
  at_.reset();
  queue_.reset();
}

ReadResult KafkaHistory::Read(std::uint32_t partition, Offset from, Offset end,
                              std::size_t bytes_max, Duration wait) {
  const std::lock_guard lock(mutex_);
  ReadResult result{{}, from, false};
  if (at_ != Place{partition, from}) GoTo({partition, from});
  if (!at_) return result;
  std::size_t bytes = 0;
  while (result.next < end) {
    const Duration patience = result.records.empty() ? wait : kNextRecord;
    if (!held_) held_.reset(rd_kafka_consume_queue(queue_.get(), Millis(patience)));
    if (!held_) break;
    if (held_->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      result.next = std::max(result.next, static_cast<Offset>(held_->offset));
    } else if (held_->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      options_.tell(std::string("cannot read back: ") + rd_kafka_message_errstr(held_.get()));
      Leave();
      return result;
    } else {
      if (!result.records.empty() && bytes + held_->len > bytes_max) break;
      bytes += held_->len;
      result.records.push_back(RecordOf(*held_));
      result.next = result.records.back().offset + 1;
    }
    held_.reset();
  }
  at_->next = result.next;
  if (result.next >= end) Leave();
  return result;
}

ReadResult KafkaReader::Read(std::uint32_t partition, Offset from, std::size_t bytes_max,
                             Duration wait) const {
  const Offset end = ends_.WaitBeyond(partition, from, wait);
  if (from >= end) return {{}, from, true};
  std::optional<ReadResult> near = tail_.Read(partition, from, end, bytes_max, kOutageMax);
  ReadResult result =
      near ? std::move(*near) : history_.Read(partition, from, end, bytes_max, kOutageMax);
  result.at_end = result.next > from && result.next >= ends_.Of(partition);
  return result;
}

}  // namespace dialtone::engine
