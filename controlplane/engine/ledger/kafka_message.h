// What a message of a consumer says of the log that it comes from.
#pragma once

#include <cstdint>
#include <string>

#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

StoredRecord RecordOf(const rd_kafka_message_t& message);

// The brokers do not have the offset that they were asked for.
bool IsGone(const rd_kafka_message_t& message);

// Notes what a broker denies, and tells the first time that it is asked again.
void NoteDenial(const KafkaOptions& options, KafkaEnds& ends, std::uint32_t partition,
                const std::string& denial);
void NoteGone(const KafkaOptions& options, KafkaEnds& ends, std::uint32_t partition, Offset offset);

// librdkafka's last error, of a partition that cannot be read.
std::string CannotRead(const KafkaOptions& options, std::uint32_t partition);

}  // namespace dialtone::engine
