#include "controlplane/edge/events/session.h"

#include <limits>
#include <utility>

namespace dialtone::events {

using engine::KafkaClient;
using engine::KafkaMessage;
using engine::KafkaOptions;
using engine::KafkaProducer;
using engine::KafkaQueue;
using engine::KafkaReport;
using engine::KafkaRole;
using engine::LedgerExpected;

namespace {

constexpr std::size_t kReadBytes = 256U << 10U;
constexpr std::uint32_t kWholeEntry = std::numeric_limits<std::uint32_t>::max();
constexpr EventPlace kBeforeAll{0, kWholeEntry};
constexpr Duration kAnswerMax = Duration::Seconds(5);

std::string_view HeaderOf(const rd_kafka_headers_t& headers, const char* name) {
  const void* value = nullptr;
  std::size_t size = 0;
  if (rd_kafka_header_get_last(&headers, name, &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR)
    return {};
  return {static_cast<const char*>(value), size};
}

// A topic whose every record is too old to be kept tells as little as an empty one.
bool SaysEmpty(rd_kafka_resp_err_t error) {
  return error == RD_KAFKA_RESP_ERR__PARTITION_EOF ||
         error == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET ||
         error == RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE;
}

}  // namespace

Publisher::Session::Session(const KafkaOptions& options, const EventSource& source,
                            KafkaClient asker)
    : options_(options),
      source_(source),
      cluster_source_(SourceOf(source.cluster_id)),
      asker_(std::move(asker)),
      partitions_(source.feeds.size()) {}

LedgerExpected<std::unique_ptr<Publisher::Session>> Publisher::Session::Open(
    const KafkaOptions& options, const EventSource& source) {
  auto asker = engine::OpenKafka(options, KafkaRole::kHistory);
  if (!asker) return tl::unexpected(asker.error());
  std::unique_ptr<Session> session(new Session(options, source, std::move(*asker)));
  auto producer =
      KafkaProducer::Open(options, {[&one = *session](const std::vector<KafkaReport>& reports) {
                                      for (const KafkaReport& report : reports)
                                        one.TakeReport(report);
                                    },
                                    [&one = *session] { one.Fail("the producer has ended"); },
                                    {}});
  if (!producer) return tl::unexpected(producer.error());
  session->producer_ = std::move(*producer);
  return session;
}

void Publisher::Session::Fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

// The topic's last event says how far its publishers came. One that was deposed may still add what
// follows it, in order: then some events are there twice, and none is missing.
bool Publisher::Session::AskCursor(std::uint32_t partition) {
  const KafkaQueue answers(rd_kafka_queue_new(asker_.handle.get()));
  const auto number = static_cast<std::int32_t>(partition);
  if (rd_kafka_consume_start_queue(asker_.topic.get(), number, RD_KAFKA_OFFSET_TAIL(1),
                                   answers.get()) != 0) {
    Fail(rd_kafka_err2str(rd_kafka_last_error()));
    return false;
  }
  const KafkaMessage last(rd_kafka_consume_queue(answers.get(), engine::Millis(kAnswerMax)));
  rd_kafka_consume_stop(asker_.topic.get(), number);
  const std::string at = options_.topic + ", partition " + std::to_string(partition);
  if (!last) {
    Fail(at + " does not tell how far it came");
  } else if (SaysEmpty(last->err)) {
    partitions_[partition].cursor = kBeforeAll;
  } else if (last->err != RD_KAFKA_RESP_ERR_NO_ERROR) {
    Fail(at + ": " + rd_kafka_message_errstr(last.get()));
  } else {
    rd_kafka_headers_t* headers = nullptr;
    if (rd_kafka_message_headers(last.get(), &headers) == RD_KAFKA_RESP_ERR_NO_ERROR &&
        HeaderOf(*headers, kSourceHeader) == cluster_source_)
      partitions_[partition].cursor = PlaceOf(HeaderOf(*headers, kIdHeader), partition);
    if (!partitions_[partition].cursor)
      Fail(at + ", holds what is no event of this ledger: another topic is needed");
  }
  return partitions_[partition].cursor.has_value();
}

bool Publisher::Session::Publish(std::uint32_t partition) {
  Progress& progress = partitions_[partition];
  if (!progress.cursor && !AskCursor(partition)) return false;
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
  if (refused != RD_KAFKA_RESP_ERR__QUEUE_FULL)
    Fail("event " + IdOf(partition, event.place) + ": " + rd_kafka_err2str(refused));
  return false;
}

std::uint64_t Publisher::Session::TakeReports() {
  while (producer_->Serve(Duration())) {
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
    if (!progress.cursor) continue;
    const std::uint64_t done = progress.open == 0 ? progress.cursor->index : progress.reported;
    const std::uint64_t head = source_.feeds[i]->head();
    entries += head > done ? head - done : 0;
  }
  return entries;
}

}  // namespace dialtone::events
