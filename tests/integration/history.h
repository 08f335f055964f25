// What happened in a ledger, and how it is told without what is another ledger's own: so that two
// ledgers can be compared.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::testing {

struct Happened {
  Timestamp time;  // of its entry
  ledger::v1::Outcome outcome;
};
// By aggregate, in the order of the ledger. That order is one: an aggregate has one partition.
// Between aggregates there is none, and who has which partition says nothing.
using History = std::map<std::string, std::vector<Happened>>;

// What counts in it, from its first record to its end. Aborts if a partition cannot be read.
History HistoryOf(engine::LedgerStore& store);

// A line for each thing that is so: whose, where in its history, which field of what, and the
// value, in which
//   * an id that was made of a position, and a request id, is its number in the order in which they
//     first come;
//   * a time is what it is to the time of its outcome: that itself, so many whole seconds later,
//     earlier, later; but a time of a calendar, of whole seconds, is told as it is;
//   * sealed data and hashes under a ledger's own keys are so many bytes;
//   * a reply that was given is told as given: it repeats its events.
using Tale = std::vector<std::string>;
Tale Tell(const History& history);

}  // namespace dialtone::testing
