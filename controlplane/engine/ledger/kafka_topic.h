// The topic of a ledger: made as it must be, and looked at before anything is trusted to it.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::engine {

// A setting's name, and what the brokers say it is.
using TopicSettings = std::map<std::string, std::string>;

// What a topic is made with, and must have, whoever made it.
using WantedSettings = std::vector<std::pair<std::string, std::string>>;
WantedSettings LedgerTopicSettings();

struct TopicShape {
  std::uint32_t partitions = 0;
  std::uint32_t replicas = 0;  // of the partition that has the fewest
};

// Why the topic must not be used, if it must not. What only a development broker may do is told,
// and passes if it is one.
LedgerExpected<void> CheckTopic(const KafkaOptions& options, const TopicShape& shape,
                                const TopicSettings& settings,
                                const WantedSettings& wanted = LedgerTopicSettings());

enum class IfAbsent : std::uint8_t {
  kMake,
  kRefuse,  // once all brokers have had their time to hear of it
};

// Makes the topic if it is not there and may be made, waits until every partition has a leader, and
// checks it.
LedgerExpected<void> EnsureTopic(const KafkaClient& client, const KafkaOptions& options,
                                 const WantedSettings& wanted = LedgerTopicSettings(),
                                 IfAbsent if_absent = IfAbsent::kMake);

}  // namespace dialtone::engine
