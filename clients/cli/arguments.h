// A command line, taken apart: what holds for every command, and the rest.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/cli/output.h"

namespace dialtone::clients::cli {

enum class DryRun { kNo, kYes };
enum class Confirmed { kNo, kYes };
enum class Help { kNo, kYes };
enum class Watching { kNo, kYes };

struct Arguments {
  Format format = Format::kTable;
  std::string server;
  std::string org;
  std::string actor;
  std::string profile = "default";
  std::string request_id;
  std::string file;  // a request as JSON; of `usage record`, the records
  std::chrono::milliseconds timeout{10'000};
  std::size_t limit = 0;  // of a watch: ends after so many; 0: never
  DryRun dry_run = DryRun::kNo;
  Confirmed confirmed = Confirmed::kNo;
  Help help = Help::kNo;
  Watching watching = Watching::kNo;
  std::chrono::milliseconds every{1'000};  // between two looks of --watch and wait
  std::vector<std::string> until;          // of wait: FIELD=VALUE
  std::vector<std::string> rest;           // noun, verb, and what is the method's own

  // As they were given, without the request id: to be shown when the command failed.
  std::vector<std::string> given;
};

// A variable of the environment, or of a profile.
using Lookup = std::function<std::optional<std::string>(const std::string& name)>;

// Flags over the environment over the profile over defaults. The error is a sentence.
tl::expected<Arguments, std::string> ParseArguments(const std::vector<std::string>& words,
                                                    const Lookup& environment);

// A line as a shell would split it: spaces, quotes, backslashes.
std::vector<std::string> SplitLine(const std::string& line);
// The other way round.
std::string JoinLine(const std::vector<std::string>& words);

}  // namespace dialtone::clients::cli
