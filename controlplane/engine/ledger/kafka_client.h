// librdkafka's clients as Dialtone wants them: their settings, what they ask, their errors.
#pragma once

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <string>

#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

enum class KafkaRole : std::uint8_t {
  kAppend,   // a producer; reports, errors and statistics come as events of its main queue
  kPublish,  // the same, which gives up on no record that others wait behind
  kFollow,   // a consumer that waits at the end
  kHistory,  // a consumer that reads what is there, and asks about topics
  kGroup,    // a member of a consumer group, which reads nothing
};

// A client, and the topic that it is for.
struct KafkaClient {
  KafkaHandle handle;
  KafkaTopic topic;  // of `handle`, so it ends first
};

// A client connects in its own time: that it is there says nothing about brokers. `prepare` adds
// what are no settings, such as callbacks.
LedgerExpected<KafkaClient> OpenKafka(
    const KafkaOptions& options, KafkaRole role,
    absl::FunctionRef<void(rd_kafka_conf_t*)> prepare = [](rd_kafka_conf_t*) {});

// What brokers say about the topic; brings the client to the leaders of its partitions.
LedgerExpected<KafkaMetadata> AskMetadata(const KafkaClient& client, Duration timeout);
// Where a partition begins or ends, by RD_KAFKA_OFFSET_BEGINNING or RD_KAFKA_OFFSET_END.
LedgerExpected<Offset> AskOffset(const KafkaClient& client, const KafkaOptions& options,
                                 std::uint32_t partition, std::int64_t which, Duration timeout);

int Millis(Duration span);
tl::unexpected<LedgerError> Unreachable(const KafkaOptions& options, rd_kafka_resp_err_t error);

}  // namespace dialtone::engine
