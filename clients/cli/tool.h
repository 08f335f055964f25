// The command line tool as a whole.
#pragma once

#include <string>
#include <vector>

#include "clients/cli/run.h"

namespace dialtone::clients::cli {

// `words` without the program's name. Answers the exit code.
int Tool(const std::vector<std::string>& words, const Console& console);

}  // namespace dialtone::clients::cli
