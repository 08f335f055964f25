#include "controlplane/engine/ledger/kafka_tail.h"

#include <algorithm>
#include <array>
#include <utility>

#include "controlplane/engine/ledger/kafka_message.h"

namespace dialtone::engine {

namespace {

constexpr int kServeMillis = 200;
constexpr int kSteerMillis = 10;
constexpr std::size_t kBatch = 1'000;
// Appends of this node that follow one another: the partition is its own.
constexpr std::uint32_t kOwnInARow = 16;
constexpr std::chrono::milliseconds kOwnPause{50};
constexpr std::chrono::milliseconds kBeginAgainAfter{200};
constexpr Duration kAskLeader = Duration::Millis(200);

}  // namespace

KafkaTail::KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaClient client)
    : options_(options),
      ends_(ends),
      client_(std::move(client)),
      queue_(rd_kafka_queue_new(client_.handle.get())) {
  for (std::uint32_t partition = 0; partition < options.partition_count; ++partition)
    lanes_.emplace_back(ends.Of(partition));
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
    if (!Fetch(partition, lanes_[partition].window.next()))
      return Refuse(LedgerFault::kUnreachable, CannotRead(options_, partition));
  }
  thread_ = std::thread([this] { Serve(); });
  return {};
}

bool KafkaTail::Fetch(std::uint32_t partition, Offset from) {
  return rd_kafka_consume_start_queue(client_.topic.get(), static_cast<std::int32_t>(partition),
                                      static_cast<std::int64_t>(from), queue_.get()) == 0;
}

KafkaTail::~KafkaTail() {
  stopping_ = true;
  rd_kafka_queue_yield(queue_.get());
  if (thread_.joinable()) thread_.join();
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition)
    if (lanes_[partition].followed) End(partition);
}

void KafkaTail::Serve() {
  std::array<rd_kafka_message_t*, kBatch> more{};
  while (!stopping_) {
    Steer();
    const KafkaMessage first(rd_kafka_consume_queue(
        queue_.get(), followed() < lanes_.size() ? kSteerMillis : kServeMillis));
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

// Begins and ends fetching, where that is due.
void KafkaTail::Steer() {
  const auto now = Clock::now();
  const bool is_due = now - steered_at_ >= std::chrono::milliseconds(kSteerMillis);
  if (!has_wanted_.exchange(false) && !is_due) return;
  steered_at_ = now;
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition) {
    std::unique_lock lock(mutex_);
    Lane& lane = lanes_[partition];
    const Course course = CourseOf(lane, now);
    const Offset next = lane.window.next();
    lock.unlock();
    switch (course) {
      case Course::kAsBefore:
        break;
      case Course::kBegin:
        Begin(partition, next);
        break;
      case Course::kEnd:
        End(partition);
        break;
      case Course::kBeginAgain:
        End(partition);
        // Who leads it may be known to others by now.
        static_cast<void>(AskMetadata(client_, kAskLeader));
        Begin(partition, next);
        break;
    }
  }
}

KafkaTail::Course KafkaTail::CourseOf(Lane& lane, Clock::time_point now) {
  const bool is_own = lane.own_in_a_row >= kOwnInARow && now - lane.own_at < kOwnPause;
  const bool follow = lane.wanted || !is_own;
  const bool was_followed = std::exchange(lane.followed, follow);
  lane.wanted = false;
  if (follow && !was_followed) {
    lane.own_in_a_row = 0;
    return Course::kBegin;
  }
  const bool begins_again = lane.begin_again_at && (!follow || now >= *lane.begin_again_at);
  if (begins_again) lane.begin_again_at.reset();
  if (was_followed && !follow) return Course::kEnd;
  return follow && begins_again ? Course::kBeginAgain : Course::kAsBefore;
}

void KafkaTail::Begin(std::uint32_t partition, Offset from) {
  if (Fetch(partition, from)) return;
  options_.tell(CannotRead(options_, partition));
  BeginAgainSoon(partition);
}

void KafkaTail::BeginAgainSoon(std::uint32_t partition) {
  const std::lock_guard lock(mutex_);
  lanes_.at(partition).begin_again_at = Clock::now() + kBeginAgainAfter;
}

void KafkaTail::End(std::uint32_t partition) {
  rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition));
}

std::uint32_t KafkaTail::followed() const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::uint32_t>(
      std::count_if(lanes_.begin(), lanes_.end(), [](const Lane& lane) { return lane.followed; }));
}

void KafkaTail::TakeOwn(std::uint32_t partition, StoredRecord record) {
  const auto now = Clock::now();
  {
    const std::lock_guard lock(mutex_);
    Lane& lane = lanes_.at(partition);
    lane.own_in_a_row = now - lane.own_at < kOwnPause ? lane.own_in_a_row + 1 : 1;
    lane.own_at = now;
    lane.window.Take(std::move(record));
  }
  moved_.notify_all();
}

// True if the log is longer than was known, or somebody waits for what has come. An end that is
// told moves what is known without a record: what a broker keeps for itself takes offsets too.
bool KafkaTail::Take(const rd_kafka_message_t& message) {
  const auto partition = static_cast<std::uint32_t>(message.partition);
  const auto offset = static_cast<Offset>(message.offset);
  const bool is_end = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR && !is_end) {
    TakeError(message);
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

void KafkaTail::TakeError(const rd_kafka_message_t& message) {
  if (!IsGone(message)) {
    return options_.tell("cannot follow partition " + std::to_string(message.partition) + ": " +
                         rd_kafka_message_errstr(&message));
  }
  const auto partition = static_cast<std::uint32_t>(message.partition);
  Offset next = 0;
  {
    const std::lock_guard lock(mutex_);
    const Lane& lane = lanes_.at(partition);
    if (!lane.followed) return;
    next = lane.window.next();
  }
  NoteGone(options_, ends_, partition, next);
  // Of what is damaged nobody reads any more.
  if (ends_.Damage(partition).empty()) BeginAgainSoon(partition);
}

std::optional<ReadResult> KafkaTail::Read(std::uint32_t partition, Offset from, Offset end,
                                          std::size_t bytes_max, Deadline deadline) {
  std::unique_lock lock(mutex_);
  Lane& lane = lanes_[partition];
  if (!lane.window.Has(from)) return std::nullopt;
  if (!lane.followed && lane.window.next() < end) {
    lane.wanted = has_wanted_ = true;
    rd_kafka_queue_yield(queue_.get());
  }
  moved_.wait_until(lock, deadline, [&] { return lane.window.next() >= end; });
  lane.awaited = lane.window.next() < end;
  return lane.window.Read(from, bytes_max);
}

}  // namespace dialtone::engine
