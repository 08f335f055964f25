// What a server is told at its start: flags, over the file of --config, over defaults that need
// neither.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/kernel/timestamp.h"

namespace dialtone::server {

enum class ClockKind : std::uint8_t { kWall, kSimulated };
enum class Reflection : std::uint8_t { kOn, kOff };
enum class PublicFeed : std::uint8_t { kOn, kOff };
enum class Task : std::uint8_t {
  kServe,
  kPrintRefusals,  // the catalogue page on stdout
};

struct Config {
  std::string listen = "127.0.0.1:7400";
  std::string http = "127.0.0.1:7401";
  std::string advertise;            // where other nodes ask this one; empty: where it listens
  std::filesystem::path data;       // never empty once parsed
  std::string ledger = "embedded";  // or kafka://HOST:PORT,…[/TOPIC]
  engine::KafkaBrokers kafka = engine::KafkaBrokers::kReplicated;
  // A node that Kafka does not hear of for so long owns nothing any more.
  Duration kafka_session_timeout = Duration::Seconds(10);
  // librdkafka's, for all its clients: name and value. Not looked at yet; some are secret.
  std::vector<std::pair<std::string, std::string>> kafka_settings;
  PublicFeed events = PublicFeed::kOn;  // of a ledger on Kafka; another has none
  ClockKind clock = ClockKind::kWall;
  std::filesystem::path policy;  // empty: the built-in one
  Reflection reflection = Reflection::kOn;
  std::string log_level = "info";
  std::uint32_t partitions =
      8;  // of a new ledger; 64 on Kafka, where it must be those of the topic
  Task task = Task::kServe;
};

// Why there is no config: what to print, and the exit code; --help is one too, with 0.
struct NoConfig {
  int exit_code = 0;
  std::string text;
};

tl::expected<Config, NoConfig> ParseConfig(int argc, const char* const* argv);

struct KafkaPlace {
  std::string brokers;  // HOST:PORT,…
  std::string topic;    // empty: the usual one
};
// Where a ledger of this name is; none if it is not on Kafka, or the name is not of that form.
std::optional<KafkaPlace> ParseKafka(std::string_view ledger);

// $XDG_DATA_HOME/dialtone, else ~/.local/share/dialtone.
std::filesystem::path DefaultDataFolder();

}  // namespace dialtone::server
