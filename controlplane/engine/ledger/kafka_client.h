// librdkafka's clients as the ledger wants them: their settings, their metadata, their errors.
#pragma once

#include <absl/functional/function_ref.h>

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
  kGroup,    // a member of a consumer group, which reads nothing
};

// A client connects in its own time: that it is there says nothing about brokers. `prepare` adds
// what are no settings, such as callbacks.
LedgerExpected<KafkaHandle> NewKafkaClient(
    const KafkaOptions& options, KafkaRole role,
    absl::FunctionRef<void(rd_kafka_conf_t*)> prepare = [](rd_kafka_conf_t*) {});
LedgerExpected<KafkaTopic> NewKafkaTopic(rd_kafka_t& client, const KafkaOptions& options);

// What brokers say about the topic; brings the client to the leaders of its partitions.
LedgerExpected<KafkaMetadata> AskMetadata(rd_kafka_t& client, rd_kafka_topic_t& topic,
                                          Duration timeout);

int Millis(Duration span);
tl::unexpected<LedgerError> Unreachable(const KafkaOptions& options, rd_kafka_resp_err_t error);

}  // namespace dialtone::engine
