// The command `user set-up`: people of a file are created, licensed and given their numbers, with a
// report of what became of each. Killed at any moment and run again, it goes on where it was.
#pragma once

#include "clients/cli/run.h"

namespace dialtone::clients::cli {

inline constexpr char kSetUpUsersUsage[] = "--file PEOPLE.csv [--report FILE]";

// Beside the report, FILE.journal keeps what is being asked. Ends with the first refused row's exit
// code.
Ran SetUpUsers(const Arguments& arguments, Client& client, const Console& console);

}  // namespace dialtone::clients::cli
