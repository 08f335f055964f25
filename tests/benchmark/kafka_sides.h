// The sides of the comparisons of appending to Kafka, each in a closed loop on a topic of its own:
// librdkafka alone, the ledger's door, and the engine behind which commands become records.
#pragma once

#include <string>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "tests/benchmark/append_meter.h"
#include "tests/benchmark/kafka_records.h"

namespace dialtone::benchmark {

constexpr std::uint32_t kKafkaPartitions = 64;

// Settings are the ledger's own, for all sides alike.
engine::KafkaOptions OptionsFor(const std::string& brokers, const std::string& topic);
std::unique_ptr<engine::KafkaLedgerStore> OpenLedger(const engine::KafkaOptions& options);

// Produces the records again and again, with as many on their way as there were when they were
// taken, and waits for the report of each.
void RunBare(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter);
// The same through engine::Ledger, which reads back all that is stored.
void RunLedger(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter);
// A node that owns all partitions and decides `commands` at a time, one event each. Gives the first
// of the records that it made.
TakenRecords RunEngine(const engine::KafkaOptions& options, const std::string& rows_folder,
                       int commands, AppendMeter& meter);

}  // namespace dialtone::benchmark
