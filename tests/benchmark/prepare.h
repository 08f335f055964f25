// The data that the loads work on.
#pragma once

#include <string>

namespace dialtone::benchmark {

// Organizations with a licensed user, credits, numbers and trunks each. REQUIRES: a server that has
// none of it.
int Prepare(const std::string& target);

}  // namespace dialtone::benchmark
