// What the conformance suite needs of a ledger. A new implementation is a line in
// ledger_under_test.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

class LedgerUnderTest {
 public:
  virtual ~LedgerUnderTest() = default;
  // Of four partitions, new, without faults.
  virtual LedgerStore& store() = 0;
  // Closes the store, and opens what it left behind. REQUIRES: every append is completed.
  virtual void Reopen() = 0;
};

struct LedgerKind {
  std::string name;
  std::function<std::unique_ptr<LedgerUnderTest>()> make;
};
std::vector<LedgerKind> LedgerKinds();

}  // namespace dialtone::engine
