#include "controlplane/engine/ledger/kafka_client.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/record.h"

namespace dialtone::engine {

namespace {

bool IsProducer(KafkaRole role) {
  return role == KafkaRole::kAppend || role == KafkaRole::kPublish;
}

using Settings = std::vector<std::pair<std::string, std::string>>;

// What may be changed from outside.
Settings Defaults(KafkaRole role) {
  Settings settings = {{"client.id", "dialtone"},        {"socket.nagle.disable", "true"},
                       {"reconnect.backoff.ms", "50"},   {"reconnect.backoff.max.ms", "1000"},
                       {"broker.address.ttl", "1000"},   {"statistics.interval.ms", "0"},
                       {"log.connection.close", "false"}};
  Settings of_role;
  switch (role) {
    case KafkaRole::kAppend:
    case KafkaRole::kPublish:
      of_role = {{"compression.codec", "lz4"},
                 {"queue.buffering.max.ms", "0"},
                 {"retry.backoff.ms", "50"},
                 {"request.timeout.ms", "3000"},
                 {"statistics.interval.ms", "5000"}};
      break;
    case KafkaRole::kFollow:
      of_role = {{"fetch.wait.max.ms", "500"},
                 {"fetch.error.backoff.ms", "50"},
                 {"queued.max.messages.kbytes", "16384"}};
      break;
    case KafkaRole::kHistory:
      of_role = {{"fetch.wait.max.ms", "10"},
                 {"fetch.error.backoff.ms", "50"},
                 {"queued.max.messages.kbytes", "16384"}};
      break;
    case KafkaRole::kGroup:
      break;
  }
  settings.insert(settings.end(), of_role.begin(), of_role.end());
  return settings;
}

// Of two records in a row, the older may expire and the younger be stored: whoever cannot bear that
// lets none expire, and hears of any other loss as the producer's end.
Settings FixedOfProducer(const KafkaOptions& options, KafkaRole role) {
  const bool is_gapless = role == KafkaRole::kPublish;
  const int timeout = is_gapless ? 0 : Millis(options.append_timeout);
  return {{"enable.idempotence", "true"},
          {"enable.gapless.guarantee", is_gapless ? "true" : "false"},
          {"acks", "all"},
          {"message.max.bytes", "1000000"},
          {"message.timeout.ms", std::to_string(timeout)}};
}

// What may not. A record as large as they come must fit, and every append must end in time.
Settings Fixed(const KafkaOptions& options, KafkaRole role) {
  static_assert(kEntryBytesMax * 2 < 1'000'000, "message.max.bytes is a million");
  Settings settings = {{"bootstrap.servers", options.brokers}};
  if (IsProducer(role)) {
    const Settings fixed = FixedOfProducer(options, role);
    settings.insert(settings.end(), fixed.begin(), fixed.end());
  } else {
    settings.insert(settings.end(), {{"enable.auto.commit", "false"},
                                     {"enable.partition.eof", "true"},
                                     {"auto.offset.reset", "error"},
                                     {"isolation.level", "read_uncommitted"},
                                     {"check.crcs", "true"},
                                     {"allow.auto.create.topics", "false"}});
  }
  return settings;
}

void Silent(const rd_kafka_t*, int, const char*, const char*) {}

}  // namespace

int Millis(Duration span) {
  const std::int64_t millis = (span.micros() + 999) / 1'000;
  return static_cast<int>(std::clamp<std::int64_t>(millis, 0, std::numeric_limits<int>::max()));
}

tl::unexpected<LedgerError> Unreachable(const KafkaOptions& options, rd_kafka_resp_err_t error) {
  return Refuse(LedgerFault::kUnreachable, "Kafka at " + options.brokers +
                                               " does not serve topic " + options.topic + ": " +
                                               rd_kafka_err2str(error));
}

LedgerExpected<KafkaClient> OpenKafka(const KafkaOptions& options, KafkaRole role,
                                      absl::FunctionRef<void(rd_kafka_conf_t*)> prepare) {
  KafkaConf conf(rd_kafka_conf_new());
  std::array<char, 512> why{};
  Settings settings = Defaults(role);
  settings.insert(settings.end(), options.settings.begin(), options.settings.end());
  for (const auto& [name, value] : Fixed(options, role)) settings.emplace_back(name, value);
  for (const auto& [name, value] : settings) {
    if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK)
      return Refuse(LedgerFault::kMisconfigured, "Kafka's client: " + std::string(why.data()));
  }
  // What matters of its log comes as an error event too.
  rd_kafka_conf_set_log_cb(conf.get(), Silent);
  if (IsProducer(role))
    rd_kafka_conf_set_events(conf.get(),
                             RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_STATS);
  prepare(conf.get());
  const rd_kafka_type_t type = IsProducer(role) ? RD_KAFKA_PRODUCER : RD_KAFKA_CONSUMER;
  KafkaHandle handle(rd_kafka_new(type, conf.get(), why.data(), why.size()));
  if (!handle)
    return Refuse(LedgerFault::kMisconfigured, "Kafka's client: " + std::string(why.data()));
  static_cast<void>(conf.release());  // the handle's now
  KafkaTopic topic(rd_kafka_topic_new(handle.get(), options.topic.c_str(), nullptr));
  if (!topic) return Unreachable(options, rd_kafka_last_error());
  return KafkaClient{std::move(handle), std::move(topic)};
}

LedgerExpected<KafkaMetadata> AskMetadata(const KafkaClient& client, Duration timeout) {
  const rd_kafka_metadata_t* metadata = nullptr;
  const rd_kafka_resp_err_t error =
      rd_kafka_metadata(client.handle.get(), 0, client.topic.get(), &metadata, Millis(timeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Refuse(LedgerFault::kUnreachable, rd_kafka_err2str(error));
  return KafkaMetadata(metadata);
}

// The times that stand for a log's two ends are asked for: rd_kafka_query_watermark_offsets goes on
// for socket.timeout.ms while brokers are away, whatever it is told.
LedgerExpected<Offset> AskOffset(const KafkaClient& client, const KafkaOptions& options,
                                 std::uint32_t partition, std::int64_t which, Duration timeout) {
  const KafkaPartitions asked(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_t* const place = rd_kafka_topic_partition_list_add(
      asked.get(), options.topic.c_str(), static_cast<std::int32_t>(partition));
  place->offset = which;
  const auto error = rd_kafka_offsets_for_times(client.handle.get(), asked.get(), Millis(timeout));
  if (error != RD_KAFKA_RESP_ERR_NO_ERROR) return Unreachable(options, error);
  if (place->err != RD_KAFKA_RESP_ERR_NO_ERROR || place->offset < 0)
    return Unreachable(options, place->err);
  return static_cast<Offset>(place->offset);
}

}  // namespace dialtone::engine
