#include "controlplane/edge/events/session.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace dialtone::events {

using engine::KafkaOptions;
using engine::KafkaProducer;
using engine::KafkaReport;
using engine::KafkaRole;
using engine::LedgerExpected;

namespace {

constexpr std::size_t kReadBytes = 256U << 10U;
constexpr std::uint32_t kWholeEntry = std::numeric_limits<std::uint32_t>::max();
constexpr EventPlace kBeforeAll{0, kWholeEntry};
// Of one partition: what waits for one broker leaves room for the others.
constexpr std::uint64_t kOpenMax = 1'000;
constexpr std::chrono::seconds kAskAgainAfter{1};

}  // namespace

Publisher::Session::Session(const KafkaOptions& options, const EventSource& source)
    : options_(options),
      source_(source),
      cluster_source_(SourceOf(source.cluster_id)),
      partitions_(source.feeds.size()) {}

LedgerExpected<std::unique_ptr<Publisher::Session>> Publisher::Session::Open(
    const KafkaOptions& options, const EventSource& source) {
  std::unique_ptr<Session> session(new Session(options, source));
  auto ends = TopicEnds::Open(options, session->cluster_source_);
  if (!ends) return tl::unexpected(ends.error());
  session->ends_ = std::move(*ends);
  auto producer = KafkaProducer::Open(options,
                                      {[&one = *session](const std::vector<KafkaReport>& reports) {
                                         for (const KafkaReport& report : reports)
                                           one.TakeReport(report);
                                       },
                                       [&one = *session] { one.Fail("the producer has ended"); },
                                       {}},
                                      KafkaRole::kPublish);
  if (!producer) return tl::unexpected(producer.error());
  session->producer_ = std::move(*producer);
  return session;
}

void Publisher::Session::Fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

void Publisher::Session::Tell(std::uint32_t partition, const std::string& text) const {
  options_.tell("topic " + options_.topic + ", partition " + std::to_string(partition) + ": " +
                text);
}

// The topic's last event says how far its publishers came. One that was deposed may still add what
// follows it, in order: then some events are there twice, and none is missing.
void Publisher::Session::AskCursor(std::uint32_t partition) {
  Progress& progress = partitions_[partition];
  if (progress.is_asked || Clock::now() < progress.ask_at) return;
  progress.is_asked = true;
  ends_->Ask(partition);
}

void Publisher::Session::TakeEnds() {
  while (const auto answer = ends_->Next()) {
    Progress& progress = partitions_[answer->partition];
    progress.is_asked = false;
    if (!answer->last) {
      Pause(answer->partition, answer->last.error());
      continue;
    }
    progress.cursor = answer->last->value_or(kBeforeAll);
    progress.trouble.clear();
    if (answer->strays == 0) continue;
    Tell(answer->partition, std::to_string(answer->strays) +
                                " records at its end are no events of this ledger: left alone");
  }
}

void Publisher::Session::Pause(std::uint32_t partition, const EndTrouble& trouble) {
  Progress& progress = partitions_[partition];
  progress.cursor.reset();
  progress.ask_at = trouble.fault == EndFault::kForeign ? Clock::time_point::max()
                                                        : Clock::now() + kAskAgainAfter;
  if (progress.trouble == trouble.text) return;
  progress.trouble = trouble.text;
  Tell(partition, trouble.text);
}

// What is still handed over is mostly answered at once. If not, brokers would get it whenever they
// are back, long after the next owner has published it: then it is dropped with the session.
void Publisher::Session::Leave(std::uint32_t partition) {
  Progress& progress = partitions_[partition];
  if (progress.is_asked) ends_->Forget(partition);
  if (progress.cursor) progress.left_at = Clock::now();
  progress.cursor.reset();
  progress.is_asked = false;
  progress.ask_at = {};
  progress.trouble.clear();
  const auto late = progress.left_at + std::chrono::microseconds(options_.append_timeout.micros());
  if (progress.open > 0 && Clock::now() > late) {
    Fail("partition " + std::to_string(partition) +
         " is another node's now, and brokers do not answer for what was handed over before");
  }
}

bool Publisher::Session::Publish(std::uint32_t partition) {
  Progress& progress = partitions_[partition];
  if (!progress.cursor) AskCursor(partition);
  if (!progress.cursor || progress.open >= kOpenMax) return false;
  EventPlace& cursor = *progress.cursor;
  const std::uint64_t whole = cursor.ordinal == kWholeEntry ? cursor.index : cursor.index - 1;
  const auto entries = source_.feeds[partition]->ReadAfter(whole, kReadBytes);
  for (const engine::FeedEntry& entry : entries) {
    for (const CloudEvent& event : CloudEventsOf(entry, cluster_source_)) {
      if (event.place <= cursor) continue;
      if (!Send(partition, event)) return false;
      cursor = event.place;
    }
    cursor = {entry.at.position.index, kWholeEntry};
  }
  return !entries.empty();
}

// False: there is no room, or no going on.
bool Publisher::Session::Send(std::uint32_t partition, const CloudEvent& event) {
  const rd_kafka_resp_err_t refused =
      producer_->Send({partition, event.key, event.data, &event.headers, event.place.index});
  if (refused == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++partitions_[partition].open;
    return true;
  }
  if (refused == RD_KAFKA_RESP_ERR__FATAL) {
    Fail("the producer has ended");
  } else if (refused != RD_KAFKA_RESP_ERR__QUEUE_FULL) {
    Pause(partition, {EndFault::kPassing,
                      "event " + IdOf(partition, event.place) + ": " + rd_kafka_err2str(refused)});
  }
  return false;
}

bool Publisher::Session::is_full() const {
  return std::any_of(partitions_.begin(), partitions_.end(),
                     [](const Progress& one) { return one.open >= kOpenMax; });
}

bool Publisher::Session::is_asking() const {
  return std::any_of(partitions_.begin(), partitions_.end(),
                     [](const Progress& one) { return one.is_asked; });
}

std::uint64_t Publisher::Session::TakeAnswers(Duration wait) {
  TakeEnds();
  while (producer_->Serve(std::exchange(wait, Duration()))) {
  }
  return std::exchange(stored_, 0);
}

void Publisher::Session::TakeReport(const KafkaReport& report) {
  Progress& progress = partitions_[report.partition];
  --progress.open;
  if (report.error != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(rd_kafka_err2str(report.error));
  progress.reported = report.number;
  ++stored_;
}

std::uint64_t Publisher::Session::behind() const {
  std::uint64_t entries = 0;
  for (std::size_t i = 0; i < partitions_.size(); ++i) {
    const Progress& progress = partitions_[i];
    if (!progress.cursor && progress.trouble.empty()) continue;
    const bool is_idle = progress.cursor && progress.open == 0;
    const std::uint64_t done = is_idle ? progress.cursor->index : progress.reported;
    const std::uint64_t head = source_.feeds[i]->head();
    entries += head > done ? head - done : 0;
  }
  return entries;
}

}  // namespace dialtone::events
