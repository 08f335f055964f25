#include "controlplane/edge/events/session.h"

#include <limits>
#include <utility>

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::events {

using engine::KafkaEvent;
using engine::KafkaHandle;
using engine::KafkaMessage;
using engine::KafkaOptions;
using engine::KafkaQueue;
using engine::KafkaRole;
using engine::KafkaTopic;
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
                            KafkaHandle producer, KafkaTopic topic, KafkaHandle asker,
                            KafkaTopic asked)
    : options_(options),
      source_(source),
      cluster_source_(SourceOf(source.cluster_id)),
      producer_(std::move(producer)),
      topic_(std::move(topic)),
      reports_(rd_kafka_queue_get_main(producer_.get())),
      asker_(std::move(asker)),
      asked_(std::move(asked)),
      partitions_(source.feeds.size()) {}

LedgerExpected<std::unique_ptr<Publisher::Session>> Publisher::Session::Open(
    const KafkaOptions& options, const EventSource& source) {
  auto producer = engine::NewKafkaClient(options, KafkaRole::kAppend);
  if (!producer) return tl::unexpected(producer.error());
  auto topic = engine::NewKafkaTopic(**producer, options);
  if (!topic) return tl::unexpected(topic.error());
  auto asker = engine::NewKafkaClient(options, KafkaRole::kHistory);
  if (!asker) return tl::unexpected(asker.error());
  auto asked = engine::NewKafkaTopic(**asker, options);
  if (!asked) return tl::unexpected(asked.error());
  return std::unique_ptr<Session>(new Session(options, source, std::move(*producer),
                                              std::move(*topic), std::move(*asker),
                                              std::move(*asked)));
}

Publisher::Session::~Session() {
  rd_kafka_purge(producer_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
}

void Publisher::Session::Fail(std::string why) {
  if (failure_.empty()) failure_ = std::move(why);
}

// The topic's last event says how far its publishers came. One that was deposed may still add what
// follows it, in order: then some events are there twice, and none is missing.
bool Publisher::Session::AskCursor(std::uint32_t partition) {
  const KafkaQueue answers(rd_kafka_queue_new(asker_.get()));
  const auto number = static_cast<std::int32_t>(partition);
  if (rd_kafka_consume_start_queue(asked_.get(), number, RD_KAFKA_OFFSET_TAIL(1), answers.get()) !=
      0) {
    Fail(rd_kafka_err2str(rd_kafka_last_error()));
    return false;
  }
  const KafkaMessage last(rd_kafka_consume_queue(answers.get(), engine::Millis(kAnswerMax)));
  rd_kafka_consume_stop(asked_.get(), number);
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
  rd_kafka_headers_t* const headers = rd_kafka_headers_new(event.headers.size());
  for (const auto& [name, value] : event.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  // librdkafka takes a copy, and does not change what it copies.
  const rd_kafka_resp_err_t refused = rd_kafka_producev(
      producer_.get(), RD_KAFKA_V_RKT(topic_.get()),
      RD_KAFKA_V_PARTITION(static_cast<std::int32_t>(partition)),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(event.key.data(), event.key.size()),
      RD_KAFKA_V_VALUE(const_cast<char*>(event.data.data()), event.data.size()),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(reinterpret_cast<void*>(event.place.index)),
      RD_KAFKA_V_END);
  if (refused == RD_KAFKA_RESP_ERR_NO_ERROR) {
    ++partitions_[partition].open;
    return true;
  }
  rd_kafka_headers_destroy(headers);
  if (refused != RD_KAFKA_RESP_ERR__QUEUE_FULL)
    Fail("event " + IdOf(partition, event.place) + ": " + rd_kafka_err2str(refused));
  return false;
}

std::uint64_t Publisher::Session::TakeReports(Duration wait) {
  int millis = engine::Millis(wait);
  while (const KafkaEvent event{rd_kafka_queue_poll(reports_.get(), millis)}) {
    millis = 0;
    if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_DR) {
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(event.get()))
        TakeReport(*message);
    } else if (rd_kafka_event_type(event.get()) == RD_KAFKA_EVENT_ERROR &&
               rd_kafka_event_error_is_fatal(event.get()) != 0) {
      Fail(rd_kafka_event_error_string(event.get()));
    }
  }
  return std::exchange(stored_, 0);
}

void Publisher::Session::TakeReport(const rd_kafka_message_t& message) {
  Progress& progress = partitions_[static_cast<std::size_t>(message.partition)];
  --progress.open;
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return Fail(rd_kafka_err2str(message.err));
  progress.reported = reinterpret_cast<std::uint64_t>(message._private);
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
