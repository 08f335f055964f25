// One command against the server: asked, answered, shown.
#pragma once

#include <functional>
#include <iosfwd>
#include <optional>
#include <string>

#include "clients/cli/arguments.h"
#include "clients/cli/commands.h"
#include "clients/cli/output.h"
#include "clients/cli/report.h"
#include "clients/cpp/client.h"

namespace dialtone::clients::cli {

// Where a command shows itself.
struct Console {
  std::ostream& out;
  std::ostream& err;
  // Asks whether to go on; without it, what takes something away needs --yes.
  std::function<bool(const std::string& question)> confirm = nullptr;
  // One line that takes the place of the one before, and goes away when it is empty; none: nobody
  // looks.
  std::function<void(const std::string& line)> progress = nullptr;
};

struct Ran {
  ExitCode exit_code = ExitCode::kOk;
  Replies replies;
  std::optional<Failure> failure;
};

// `wait NOUN NAME --for FIELD=VALUE`, with the command that gets such a thing.
Ran RunWait(const Command& get, const Arguments& arguments, Client& client, const Console& console);

Ran Run(const Command& command, const Arguments& arguments, Client& client, const Console& console);

}  // namespace dialtone::clients::cli
