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
constexpr std::chrono::milliseconds kNextRecord{20};  // what follows is mostly on its way
constexpr std::chrono::milliseconds kLook{1};
constexpr std::chrono::seconds kTurnMax{2};  // of a reader that does not come again

using Clock = std::chrono::steady_clock;

StoredRecord RecordOf(const rd_kafka_message_t& message) {
  const char* const bytes = static_cast<const char*>(message.payload);
  return {static_cast<Offset>(message.offset),
          bytes == nullptr ? std::string() : std::string(bytes, message.len)};
}

// The brokers do not have the offset that they were asked for.
bool IsGone(const rd_kafka_message_t& message) {
  return message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         message.err == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

std::string GoneAt(Offset offset) {
  return "the log has no offset " + std::to_string(offset) +
         " any more, though it was known to reach there: it was cut off, or made again";
}

std::string Errno(const KafkaOptions& options, std::uint32_t partition) {
  return "cannot read topic " + options.topic + ", partition " + std::to_string(partition) + ": " +
         rd_kafka_err2str(rd_kafka_last_error());
}

}  // namespace

// Where a hole was, nothing is known: readers of it go back, and find there is none, or what was
// missed.
void KafkaWindow::GoOnFrom(Offset offset) {
  if (offset <= next_) return;
  records_.clear();
  bytes_ = 0;
  begin_ = next_ = offset;
}

void KafkaWindow::Take(StoredRecord record) {
  if (record.offset < next_) return;
  GoOnFrom(record.offset);
  next_ = record.offset + 1;
  bytes_ += record.bytes.size();
  records_.push_back(std::move(record));
  while (bytes_ > kWindowBytes && records_.size() > 1) {
    bytes_ -= records_.front().bytes.size();
    begin_ = records_.front().offset + 1;
    records_.pop_front();
  }
}

void KafkaWindow::TakeEnd(Offset end) { GoOnFrom(end); }

std::optional<ReadResult> KafkaWindow::Read(Offset from, std::size_t bytes_max) const {
  if (from < begin_) return std::nullopt;
  ReadResult result{{}, std::max(from, next_), false};
  const auto first =
      std::lower_bound(records_.begin(), records_.end(), from,
                       [](const StoredRecord& record, Offset at) { return record.offset < at; });
  std::size_t bytes = 0;
  for (auto record = first; record != records_.end(); ++record) {
    if (!result.records.empty() && bytes + record->bytes.size() > bytes_max) {
      result.next = record->offset;
      break;
    }
    bytes += record->bytes.size();
    result.records.push_back(*record);
  }
  return result;
}

KafkaTail::KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaClient client)
    : options_(options),
      ends_(ends),
      client_(std::move(client)),
      queue_(rd_kafka_queue_new(client_.handle.get())) {
  for (std::uint32_t partition = 0; partition < options.partition_count; ++partition)
    lanes_.push_back({KafkaWindow(ends.Of(partition))});
}

LedgerExpected<std::unique_ptr<KafkaTail>> KafkaTail::Open(const KafkaOptions& options,
                                                           KafkaEnds& ends) {
  auto client = OpenKafka(options, KafkaRole::kFollow);
  if (!client) return tl::unexpected(client.error());
  if (auto metadata = AskMetadata(*client, options.open_timeout); !metadata)
    return tl::unexpected(metadata.error());
  std::unique_ptr<KafkaTail> tail(new KafkaTail(options, ends, std::move(*client)));
  if (auto started = tail->Start(); !started) return tl::unexpected(started.error());
  return tail;
}

LedgerExpected<void> KafkaTail::Start() {
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition) {
    const auto from = static_cast<std::int64_t>(lanes_[partition].window.next());
    if (rd_kafka_consume_start_queue(client_.topic.get(), static_cast<std::int32_t>(partition),
                                     from, queue_.get()) != 0)
      return Refuse(LedgerFault::kUnreachable, Errno(options_, partition));
  }
  thread_ = std::thread([this] { Serve(); });
  return {};
}

KafkaTail::~KafkaTail() {
  stopping_ = true;
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition)
    rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition));
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

Offset KafkaTail::NextOf(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  return lanes_.at(partition).window.next();
}

// True if the log is longer than was known, or somebody waits for what has come. An end that is
// told moves what is known without a record: what a broker keeps for itself takes offsets too.
bool KafkaTail::Take(const rd_kafka_message_t& message) {
  const auto partition = static_cast<std::uint32_t>(message.partition);
  const auto offset = static_cast<Offset>(message.offset);
  const bool is_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_end) {
    options_.tell("cannot follow partition " + std::to_string(message.partition) + ": " +
                  rd_kafka_message_errstr(&message));
    if (IsGone(message)) ends_.NoteDamage(partition, GoneAt(NextOf(partition)));
    return false;
  }
  Offset next = 0;
  bool was_awaited = false;
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_.at(partition);
    if (is_end) {
      lane.window.TakeEnd(offset);
    } else {
      lane.window.Take(RecordOf(message));
    }
    next = lane.window.next();
    was_awaited = std::exchange(lane.awaited, false);
  }
  moved_.notify_all();
  return ends_.Raise(partition, next) || was_awaited;
}

std::optional<ReadResult> KafkaTail::Read(std::uint32_t partition, Offset from, Offset end,
                                          std::size_t bytes_max, Deadline deadline) const {
  std::unique_lock lock(mutex_);
  const Lane& lane = lanes_[partition];
  if (!lane.window.Has(from)) return std::nullopt;
  moved_.wait_until(lock, deadline, [&] { return lane.window.next() >= end; });
  lane.awaited = lane.window.next() < end;
  return lane.window.Read(from, bytes_max);
}

KafkaHistory::KafkaHistory(const KafkaOptions& options, KafkaClient client)
    : options_(options), client_(std::move(client)), lanes_(options.partition_count) {}

KafkaHistory::~KafkaHistory() {
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition) Leave(partition);
}

LedgerExpected<std::unique_ptr<KafkaHistory>> KafkaHistory::Open(const KafkaOptions& options) {
  auto client = OpenKafka(options, KafkaRole::kHistory);
  if (!client) return tl::unexpected(client.error());
  return std::unique_ptr<KafkaHistory>(new KafkaHistory(options, std::move(*client)));
}

// A queue of its own for each start: nothing of the place before can come out of it.
void KafkaHistory::GoTo(std::uint32_t partition, Offset next) {
  Leave(partition);
  Lane& lane = lanes_[partition];
  lane.queue.reset(rd_kafka_queue_new(client_.handle.get()));
  const int started =
      rd_kafka_consume_start_queue(client_.topic.get(), static_cast<std::int32_t>(partition),
                                   static_cast<std::int64_t>(next), lane.queue.get());
  if (started != 0) return options_.tell(Errno(options_, partition));
  lane.next = next;
  lane.since = Clock::now();
}

void KafkaHistory::Leave(std::uint32_t partition) {
  Lane& lane = lanes_[partition];
  if (lane.next) rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition));
  lane = Lane();
}

// True: what is fetched is from `from` on. May begin a fetch, for this reader or for the other.
// Two readers at two places of a partition take turns, a page each: who cannot wait would get
// nothing from a fetch that the other begins anew each time.
bool KafkaHistory::TakeTurn(Offset from, std::uint32_t partition) {
  Lane& lane = lanes_[partition];
  if (lane.next == from) {
    if (!lane.has_given || !lane.wished) return true;
    GoTo(partition, *std::exchange(lane.wished, std::nullopt));
    return false;
  }
  const bool is_free = !lane.next || lane.has_given || Clock::now() - lane.since > kTurnMax;
  if (is_free) {
    GoTo(partition, from);
  } else {
    lane.wished = from;
  }
  return is_free;
}

void KafkaHistory::Fill(std::uint32_t partition, Offset end, std::size_t bytes_max, Page& page) {
  const std::lock_guard lock(mutex_);
  ReadResult& read = page.read;
  if (!TakeTurn(read.next, partition)) return;
  Lane& lane = lanes_[partition];
  while (lane.next && read.next < end) {
    if (!lane.held) lane.held.reset(rd_kafka_consume_queue(lane.queue.get(), 0));
    if (!lane.held) break;
    if (lane.held->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      read.next = std::max(read.next, static_cast<Offset>(lane.held->offset));
    } else if (lane.held->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      options_.tell(std::string("cannot read back: ") + rd_kafka_message_errstr(lane.held.get()));
      page.is_gone = IsGone(*lane.held);
      return Leave(partition);
    } else {
      if (!read.records.empty() && page.bytes + lane.held->len > bytes_max) break;
      page.bytes += lane.held->len;
      read.records.push_back(RecordOf(*lane.held));
      read.next = read.records.back().offset + 1;
    }
    lane.held.reset();
    lane.next = read.next;
    lane.has_given = true;
  }
  if (read.next >= end) Leave(partition);
}

ReadResult KafkaReader::Read(std::uint32_t partition, Offset from, std::size_t bytes_max,
                             Duration wait) const {
  const Deadline deadline = Clock::now() + std::chrono::microseconds(wait.micros());
  const Offset end = ends_.WaitBeyond(partition, from, wait);
  if (from >= end) return {{}, from, true};
  std::optional<ReadResult> near = tail_.Read(partition, from, end, bytes_max, deadline);
  ReadResult result = near ? std::move(*near) : FromHistory(partition, from, bytes_max, deadline);
  result.at_end = result.next > from && result.next >= ends_.Of(partition);
  return result;
}

// What has been fetched once comes at once; who has some of it does not wait long for the rest.
ReadResult KafkaReader::FromHistory(std::uint32_t partition, Offset from, std::size_t bytes_max,
                                    Deadline deadline) const {
  const Offset end = ends_.Of(partition);
  KafkaHistory::Page page{{{}, from, false}};
  while (true) {
    const Offset before = page.read.next;
    history_.Fill(partition, end, bytes_max, page);
    if (page.is_gone) ends_.NoteDamage(partition, GoneAt(page.read.next));
    if (page.read.next > before) deadline = std::min(deadline, Clock::now() + kNextRecord);
    const bool is_full = page.read.next >= end || page.bytes >= bytes_max;
    if (is_full || page.is_gone || Clock::now() >= deadline) return std::move(page.read);
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace dialtone::engine
