// Records of calls as switches write them: a CSV in the layout of domain.md section 6, or a batch
// as JSON on each line.
#pragma once

#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "clients/cli/arguments.h"
#include "clients/cli/request.h"

namespace dialtone::clients::cli {

// `usage record SOURCE --file FILE [--first-sequence N]`: batches of at most 1,000 records,
// numbered from N (1). The error is a sentence.
tl::expected<std::vector<RequestPtr>, std::string> ReadUsage(const Arguments& arguments);

}  // namespace dialtone::clients::cli
