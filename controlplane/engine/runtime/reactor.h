// What one aggregate's outcome asks of others: pure, and the only way from one to another.
// Implemented by the server.
#pragma once

#include <absl/functional/function_ref.h>

#include "controlplane/engine/runtime/command.h"
#include "controlplane/kernel/position.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

class Reactor {
 public:
  virtual ~Reactor() = default;
  // Gives the steps in an order that never changes: a step's number in its entry is how it is
  // counted once.
  virtual void React(const ledger::v1::Outcome& outcome, Moment at,
                     absl::FunctionRef<void(Command)> step) const = 0;
};

}  // namespace dialtone::engine
