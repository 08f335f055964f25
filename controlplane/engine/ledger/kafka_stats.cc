#include "controlplane/engine/ledger/kafka_stats.h"

#include <nlohmann/json.hpp>

namespace dialtone::engine {

namespace {

using nlohmann::json;

const json& Part(const json& object, const char* name) {
  static const json& nothing = *new json(json::object());
  const auto found = object.is_object() ? object.find(name) : object.end();
  return found == object.end() ? nothing : *found;
}

std::uint64_t Count(const json& object, const char* name) {
  const json& value = Part(object, name);
  return value.is_number_unsigned() ? value.get<std::uint64_t>() : 0;
}

Duration Micros(const json& object, const char* name) {
  return Duration::Micros(static_cast<std::int64_t>(Count(object, name)));
}

KafkaBrokerStats BrokerOf(const std::string& name, const json& broker) {
  const json& state = Part(broker, "state");
  const json& round_trip = Part(broker, "rtt");
  return {name,
          state.is_string() ? state.get<std::string>() : "",
          Micros(round_trip, "p50"),
          Micros(round_trip, "p99"),
          Micros(Part(broker, "outbuf_latency"), "p99"),
          Count(broker, "req_timeouts"),
          Count(broker, "txretries")};
}

}  // namespace

void TakeStatistics(std::string_view text, KafkaStats& stats) {
  const json all = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!all.is_object()) return;
  stats.messages_waiting = Count(all, "msg_cnt");
  stats.messages_sent = Count(all, "txmsgs");
  stats.bytes_sent = Count(all, "txmsg_bytes");
  stats.brokers.clear();
  const json& brokers = Part(all, "brokers");
  if (!brokers.is_object()) return;
  for (const auto& [name, broker] : brokers.items()) {
    const json& id = Part(broker, "nodeid");
    // Those of the bootstrap list come again under their own number.
    if (id.is_number_integer() && id.get<std::int64_t>() >= 0)
      stats.brokers.push_back(BrokerOf(name, broker));
  }
}

}  // namespace dialtone::engine
