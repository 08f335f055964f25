#include "controlplane/engine/ledger/kafka_producer.h"

namespace dialtone::engine {

namespace {

constexpr Duration kServeMax = Duration::Millis(200);
constexpr std::size_t kReportsMax = 1'000;  // told at once

void* AsOpaque(std::uint64_t number) { return reinterpret_cast<void*>(number); }

KafkaReport ReportOf(const rd_kafka_message_t& message) {
  return {static_cast<std::uint32_t>(message.partition),
          reinterpret_cast<std::uint64_t>(message._private), message.offset, message.err};
}

rd_kafka_resp_err_t SendWithHeaders(const KafkaClient& client, const KafkaRecord& record,
                                    void* bytes, std::size_t size) {
  rd_kafka_headers_t* const headers = rd_kafka_headers_new(record.headers->size());
  for (const auto& [name, value] : *record.headers) {
    rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                        static_cast<ssize_t>(value.size()));
  }
  const rd_kafka_resp_err_t refused = rd_kafka_producev(
      client.handle.get(), RD_KAFKA_V_RKT(client.topic.get()),
      RD_KAFKA_V_PARTITION(static_cast<std::int32_t>(record.partition)),
      RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY),
      RD_KAFKA_V_KEY(record.key.data(), record.key.size()), RD_KAFKA_V_VALUE(bytes, size),
      RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_OPAQUE(AsOpaque(record.number)), RD_KAFKA_V_END);
  if (refused != RD_KAFKA_RESP_ERR_NO_ERROR) rd_kafka_headers_destroy(headers);
  return refused;
}

}  // namespace

KafkaProducer::KafkaProducer(const KafkaOptions& options, KafkaProducerHooks hooks,
                             KafkaClient client)
    : options_(options),
      hooks_(std::move(hooks)),
      client_(std::move(client)),
      events_(rd_kafka_queue_get_main(client_.handle.get())) {}

KafkaProducer::~KafkaProducer() {
  rd_kafka_purge(client_.handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                           RD_KAFKA_PURGE_F_NON_BLOCKING);
}

LedgerExpected<std::unique_ptr<KafkaProducer>> KafkaProducer::Open(const KafkaOptions& options,
                                                                   KafkaProducerHooks hooks,
                                                                   KafkaRole role) {
  auto client = OpenKafka(options, role);
  if (!client) return tl::unexpected(client.error());
  return std::unique_ptr<KafkaProducer>(
      new KafkaProducer(options, std::move(hooks), std::move(*client)));
}

rd_kafka_resp_err_t KafkaProducer::Send(const KafkaRecord& record) {
  // librdkafka takes a copy, and does not change what it copies.
  void* const bytes = record.value ? const_cast<char*>(record.value->data()) : nullptr;
  const std::size_t size = record.value ? record.value->size() : 0;
  if (record.headers != nullptr) return SendWithHeaders(client_, record, bytes, size);
  const int refused = rd_kafka_produce(
      client_.topic.get(), static_cast<std::int32_t>(record.partition), RD_KAFKA_MSG_F_COPY, bytes,
      size, record.key.data(), record.key.size(), AsOpaque(record.number));
  return refused == 0 ? RD_KAFKA_RESP_ERR_NO_ERROR : rd_kafka_last_error();
}

// Whoever hears reports wakes for each call: what lies ready is told at once.
bool KafkaProducer::Serve(Duration wait) {
  KafkaEvent event(rd_kafka_queue_poll(events_.get(), Millis(wait)));
  if (!event) return false;
  for (; event; event.reset(rd_kafka_queue_poll(events_.get(), 0))) {
    Take(*event);
    if (reports_.size() >= kReportsMax) break;
  }
  TellReports();
  return true;
}

void KafkaProducer::Take(rd_kafka_event_t& event) {
  switch (rd_kafka_event_type(&event)) {
    case RD_KAFKA_EVENT_DR:
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event))
        reports_.push_back(ReportOf(*message));
      break;
    case RD_KAFKA_EVENT_ERROR:
      TellReports();  // before the end
      TakeError(event);
      break;
    case RD_KAFKA_EVENT_STATS:
      if (hooks_.counted) hooks_.counted(rd_kafka_event_stats(&event));
      break;
    default:
      break;
  }
}

void KafkaProducer::TellReports() {
  if (reports_.empty()) return;
  hooks_.reported(reports_);
  reports_.clear();
}

void KafkaProducer::TakeError(rd_kafka_event_t& event) {
  std::string text = "topic " + options_.topic + ": ";
  const bool is_fatal = rd_kafka_event_error_is_fatal(&event) != 0;
  if (is_fatal) {
    text += "the producer is replaced: ";
    dead_ = true;
  }
  options_.tell(text + rd_kafka_event_error_string(&event));
  if (is_fatal && hooks_.died) hooks_.died();
}

ServedKafkaProducer::ServedKafkaProducer(std::unique_ptr<KafkaProducer> producer)
    : producer_(std::move(producer)), thread_([this] {
        while (!stopping_) producer_->Serve(kServeMax);
      }) {}

ServedKafkaProducer::~ServedKafkaProducer() {
  stopping_ = true;
  producer_->Wake();
  thread_.join();
}

}  // namespace dialtone::engine
