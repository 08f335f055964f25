// How many events a second come into Kafka: through Dialtone, and by librdkafka alone. Prints one
// line of JSON. `engine` makes the records that the other two produce.
//   kafka_append engine BROKERS PROCESS_OF_BROKER TOPIC SECONDS RECORDS COMMANDS FOLDER
//   kafka_append ledger|bare BROKERS PROCESS_OF_BROKER TOPIC SECONDS RECORDS
#include <cstdlib>
#include <iostream>
#include <random>
#include <string_view>

#include "controlplane/kernel/check.h"
#include "tests/benchmark/kafka_sides.h"

namespace dialtone::benchmark {

engine::KafkaOptions OptionsFor(const std::string& brokers, const std::string& topic) {
  engine::KafkaOptions options;
  options.brokers = brokers;
  options.topic = topic;
  options.partition_count = kKafkaPartitions;
  options.kind = engine::KafkaBrokers::kDevelopment;
  return options;
}

std::unique_ptr<engine::KafkaLedgerStore> OpenLedger(const engine::KafkaOptions& options) {
  std::random_device device;
  const auto random = [&device] { return std::uint64_t{device()} << 32U | device(); };
  auto store = engine::KafkaLedgerStore::Open(options, random);
  DIALTONE_CHECK(store, ToText(store.error()));
  return std::move(*store);
}

namespace {

constexpr char kUsage[] =
    "usage: kafka_append engine BROKERS PROCESS_OF_BROKER TOPIC SECONDS RECORDS COMMANDS FOLDER\n"
    "       kafka_append ledger|bare BROKERS PROCESS_OF_BROKER TOPIC SECONDS RECORDS\n";

int Main(int argc, char** argv) {
  const std::string_view side = argc > 1 ? argv[1] : "";
  const bool makes = side == "engine" && argc == 9;
  if (!makes && !((side == "ledger" || side == "bare") && argc == 7)) {
    std::cerr << kUsage;
    return 2;
  }
  const engine::KafkaOptions options = OptionsFor(argv[2], argv[4]);
  AppendMeter meter(std::atof(argv[5]), std::atoi(argv[3]));
  const std::string records = argv[6];
  if (makes) {
    Save(RunEngine(options, argv[8], std::atoi(argv[7]), meter), records);
  } else if (side == "ledger") {
    RunLedger(options, LoadRecords(records), meter);
  } else {
    OpenLedger(options);  // makes the topic
    RunBare(options, LoadRecords(records), meter);
  }
  return meter.Print();
}

}  // namespace
}  // namespace dialtone::benchmark

int main(int argc, char** argv) { return dialtone::benchmark::Main(argc, argv); }
