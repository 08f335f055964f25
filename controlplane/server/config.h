// What a server is told at its start: flags, over the file of --config, over defaults that need
// neither.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <tl/expected.hpp>

namespace dialtone::server {

enum class ClockKind : std::uint8_t { kWall, kSimulated };
enum class Reflection : std::uint8_t { kOn, kOff };
enum class Task : std::uint8_t {
  kServe,
  kPrintRefusals,  // the catalogue page on stdout
};

struct Config {
  std::string listen = "127.0.0.1:7400";
  std::string http = "127.0.0.1:7401";
  std::filesystem::path data;  // never empty once parsed
  std::string ledger = "embedded";
  ClockKind clock = ClockKind::kWall;
  std::filesystem::path policy;  // empty: the built-in one
  Reflection reflection = Reflection::kOn;
  std::string log_level = "info";
  std::uint32_t partitions = 8;  // of a new ledger
  Task task = Task::kServe;
};

// Why there is no config: what to print, and the exit code; --help is one too, with 0.
struct NoConfig {
  int exit_code = 0;
  std::string text;
};

tl::expected<Config, NoConfig> ParseConfig(int argc, const char* const* argv);

// $XDG_DATA_HOME/dialtone, else ~/.local/share/dialtone.
std::filesystem::path DefaultDataFolder();

}  // namespace dialtone::server
