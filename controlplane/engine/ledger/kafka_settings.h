// Settings of librdkafka's that an operator gives, such as those of TLS and SASL: all clients of a
// ledger are made with them.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

// Refuses what librdkafka does not know, what it does not take, and what the ledger rests on. The
// error repeats no value that librdkafka does not repeat: never a password.
LedgerExpected<void> CheckSettings(
    const std::vector<std::pair<std::string, std::string>>& settings);

}  // namespace dialtone::engine
