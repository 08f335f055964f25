// What a person keeps from one command to the next: settings by name, and what has been seen.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "clients/cli/arguments.h"

namespace dialtone::clients::cli {

// The environment, and behind it the profile's file: $XDG_CONFIG_HOME/dialtone/NAME.toml with lines
// such as `server = "HOST:PORT"` and `org = "contoso"`. DIALTONE_PROFILE names it.
Lookup EnvironmentOverProfile(const std::string& profile);

// Where the consistency token of a profile and a server is kept, below $XDG_STATE_HOME/dialtone.
std::filesystem::path TokenFile(const std::string& profile, const std::string& server);

}  // namespace dialtone::clients::cli
