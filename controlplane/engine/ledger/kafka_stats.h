// What librdkafka counts of its brokers, as far as an operator is served by it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::engine {

struct KafkaBrokerStats {
  std::string state;            // "UP", "DOWN", …
  Duration round_trip_p99;      // of requests, as of the last interval
  std::uint64_t timed_out = 0;  // requests, since the producer's start
  std::uint64_t sent_again = 0;
};

struct KafkaStats {
  std::uint64_t messages_waiting = 0;    // appends without a report
  std::uint64_t requests_timed_out = 0;  // of all producers and brokers
  std::uint64_t requests_sent_again = 0;
  std::uint64_t producers_replaced = 0;    // after a fatal error
  std::uint64_t places_doubted = 0;        // "stored" without a place that can be one
  std::uint32_t partitions_followed = 0;   // what others append is fetched; not of what is our own
  std::uint32_t partitions_read_back = 0;  // older records are fetched
  std::vector<KafkaBrokerStats> brokers;
};

// Takes in what librdkafka's statistics event says; keeps what it does not.
void TakeStatistics(std::string_view json, KafkaStats& stats);

}  // namespace dialtone::engine
