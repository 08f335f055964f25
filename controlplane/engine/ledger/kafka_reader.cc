#include "controlplane/engine/ledger/kafka_reader.h"

#include <algorithm>
#include <chrono>
#include <thread>
#include <utility>

#include "controlplane/engine/ledger/kafka_message.h"

namespace dialtone::engine {

namespace {

constexpr std::chrono::milliseconds kNextRecord{20};  // what follows is mostly on its way
constexpr std::chrono::milliseconds kLook{1};
constexpr std::chrono::seconds kTurnMax{2};  // of a reader that does not come again

using Clock = std::chrono::steady_clock;

}  // namespace

KafkaHistory::KafkaHistory(const KafkaOptions& options, KafkaClient client)
    : options_(options), client_(std::move(client)), lanes_(options.partition_count) {}

KafkaHistory::~KafkaHistory() { ReleaseAll(); }

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
  if (started != 0) return options_.tell(CannotRead(options_, partition));
  lane.next = next;
  lane.since = lane.asked_at = Clock::now();
  ++fetching_;
}

void KafkaHistory::Leave(std::uint32_t partition) {
  Lane& lane = lanes_[partition];
  if (lane.next) {
    rd_kafka_consume_stop(client_.topic.get(), static_cast<std::int32_t>(partition));
    --fetching_;
  }
  lane = Lane();
}

void KafkaHistory::Release(std::uint32_t partition, Offset next) {
  if (fetching_ == 0) return;
  const std::lock_guard lock(mutex_);
  if (lanes_[partition].next == next) Leave(partition);
}

void KafkaHistory::ReleaseAbandoned() {
  if (fetching_ == 0) return;
  const std::lock_guard lock(mutex_);
  const auto now = Clock::now();
  for (std::uint32_t one = 0; one < lanes_.size(); ++one)
    if (lanes_[one].next && now - lanes_[one].asked_at > kTurnMax) Leave(one);
}

void KafkaHistory::ReleaseAll() {
  const std::lock_guard lock(mutex_);
  for (std::uint32_t partition = 0; partition < lanes_.size(); ++partition) Leave(partition);
}

// True: what is fetched is from `from` on. May begin a fetch, for this reader or for the other.
// Two readers at two places of a partition take turns, a page each: who cannot wait would get
// nothing from a fetch that the other begins anew each time.
bool KafkaHistory::TakeTurn(std::uint32_t partition, Offset from) {
  Lane& lane = lanes_[partition];
  if (lane.next == from) {
    lane.asked_at = Clock::now();
    if (!lane.has_given || !lane.wished) return true;
    GoTo(partition, *lane.wished);
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
  if (!TakeTurn(partition, read.next)) return;
  Lane& lane = lanes_[partition];
  while (lane.next && read.next < end) {
    if (!lane.held) lane.held.reset(rd_kafka_consume_queue(lane.queue.get(), 0));
    if (!lane.held) break;
    if (lane.held->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
      read.next = std::max(read.next, static_cast<Offset>(lane.held->offset));
    } else if (lane.held->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      page.is_gone = IsGone(*lane.held);
      if (!page.is_gone)
        options_.tell(std::string("cannot read back: ") + rd_kafka_message_errstr(lane.held.get()));
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
  if (near) history_.Release(partition, from);
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
    if (page.is_gone) NoteGone(options_, ends_, partition, page.read.next);
    if (page.read.next > before) deadline = std::min(deadline, Clock::now() + kNextRecord);
    const bool is_full = page.read.next >= end || page.bytes >= bytes_max;
    if (is_full || page.is_gone || Clock::now() >= deadline) return std::move(page.read);
    std::this_thread::sleep_for(kLook);
  }
}

}  // namespace dialtone::engine
