// Where a ledger on Kafka is, and how it is spoken to.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::engine {

// How strictly the topic is looked at.
enum class KafkaBrokers : std::uint8_t {
  kReplicated,   // three replicas, two of them in sync: else the start is refused
  kDevelopment,  // fewer may pass, and brokers that do not tell their settings; both are told
};

struct KafkaOptions {
  std::string brokers;                       // HOST:PORT,…
  std::string topic = "dialtone.ledger.v1";  // made if it is not there
  std::uint32_t partition_count = 64;        // of the topic that is made, or found
  KafkaBrokers kind = KafkaBrokers::kReplicated;
  Duration append_timeout = Duration::Seconds(5);  // then an append has failed; zero: never
  Duration open_timeout = Duration::Seconds(30);
  // librdkafka's own settings, such as security.protocol; those that the protocol rests on stay.
  std::vector<std::pair<std::string, std::string>> settings;
  // Hears what an operator should: a passed check, a broker that went away. Any thread.
  std::function<void(std::string_view)> tell = [](std::string_view) {};
};

}  // namespace dialtone::engine
