// Closed-loop load of usage: N streams, each with one batch of a thousand records under way; one
// completion queue, one thread.
#pragma once

#include <string>

namespace dialtone::benchmark {

// Gives the exit code: 1 if any batch was not taken whole.
int RunUsageLoad(const std::string& target, int streams, double seconds);

}  // namespace dialtone::benchmark
