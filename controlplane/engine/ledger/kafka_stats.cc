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

KafkaBrokerStats BrokerOf(const json& broker) {
  const json& state = Part(broker, "state");
  return {state.is_string() ? state.get<std::string>() : "", Micros(Part(broker, "rtt"), "p99"),
          Count(broker, "req_timeouts"), Count(broker, "txretries")};
}

std::uint64_t Sum(const std::vector<KafkaBrokerStats>& brokers,
                  std::uint64_t KafkaBrokerStats::*count) {
  std::uint64_t sum = 0;
  for (const KafkaBrokerStats& broker : brokers) sum += broker.*count;
  return sum;
}

// What has come since; another producer begins at zero.
std::uint64_t More(std::uint64_t before, std::uint64_t now) {
  return now < before ? now : now - before;
}

}  // namespace

void TakeStatistics(std::string_view text, KafkaStats& stats) {
  const json all = json::parse(text.begin(), text.end(), nullptr, /*allow_exceptions=*/false);
  if (!all.is_object()) return;
  stats.messages_waiting = Count(all, "msg_cnt");
  const std::uint64_t timed_out = Sum(stats.brokers, &KafkaBrokerStats::timed_out);
  const std::uint64_t sent_again = Sum(stats.brokers, &KafkaBrokerStats::sent_again);
  stats.brokers.clear();
  const json& brokers = Part(all, "brokers");
  if (!brokers.is_object()) return;
  for (const json& broker : brokers) {
    const json& id = Part(broker, "nodeid");
    // Those of the bootstrap list come again under their own number.
    if (id.is_number_integer() && id.get<std::int64_t>() >= 0)
      stats.brokers.push_back(BrokerOf(broker));
  }
  stats.requests_timed_out += More(timed_out, Sum(stats.brokers, &KafkaBrokerStats::timed_out));
  stats.requests_sent_again += More(sent_again, Sum(stats.brokers, &KafkaBrokerStats::sent_again));
}

}  // namespace dialtone::engine
