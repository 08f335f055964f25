// What `user set-up --dry-run` can tell of people without setting them up.
#pragma once

#include <string>

#include "clients/cli/people_file.h"
#include "clients/cli/run.h"

namespace dialtone::clients::cli {

// Shows the rows that would be refused as lines of a report, and says what it cannot know.
Ran TrySetUp(const People& people, const std::string& organization, Client& client,
             const Console& console);

}  // namespace dialtone::clients::cli
