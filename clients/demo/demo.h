// The command `dialtone demo`: an organization is set up, step by step, by a server that is started
// for it.
#pragma once

#include <string>
#include <vector>

namespace dialtone::clients::demo {

// `words` begin with "demo"; `--data DIR` keeps what is written, `--kafka HOST:PORT,…` plays on two
// nodes of a ledger there. Answers the exit code: 0 if all that was told came true.
int Main(const std::vector<std::string>& words);

}  // namespace dialtone::clients::demo
