// What the public feed of a ledger must have come to hold, by the ledger itself.
#pragma once

#include "controlplane/engine/ledger/kafka_options.h"

namespace dialtone::testing {

// Each event of what counts in the ledger, once and in order for who drops what is not beyond the
// last one; waits until the feed has come so far. REQUIRES: nobody appends meanwhile.
void ExpectAllPublished(const engine::KafkaOptions& ledger);

}  // namespace dialtone::testing
