// librdkafka's clients as the ledger wants them: their settings, their metadata, their errors.
#pragma once

#include <cstdint>
#include <string>

#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

enum class KafkaRole : std::uint8_t {
  kAppend,   // a producer; reports, errors and statistics come as events of its main queue
  kFollow,   // a consumer that waits at the end
  kHistory,  // a consumer that reads what is there, and asks about topics
};

// A client connects in its own time: that it is there says nothing about brokers.
LedgerExpected<KafkaHandle> NewKafkaClient(const KafkaOptions& options, KafkaRole role);
LedgerExpected<KafkaTopic> NewKafkaTopic(rd_kafka_t& client, const KafkaOptions& options);

// What brokers say about the topic; brings the client to the leaders of its partitions.
LedgerExpected<KafkaMetadata> AskMetadata(rd_kafka_t& client, rd_kafka_topic_t& topic,
                                          Duration timeout);

int Millis(Duration span);
tl::unexpected<LedgerError> Unreachable(const KafkaOptions& options, rd_kafka_resp_err_t error);

}  // namespace dialtone::engine
