// Dispatch by slice: where one partition's engine meets the domain. A slice is one line in each
// switch.
#pragma once

#include <memory>

#include "controlplane/engine/runtime/machine.h"
#include "controlplane/engine/runtime/reactor.h"

namespace dialtone::server {

// Organizations and number blocks.
std::unique_ptr<engine::Machine> NewMachine();

// What their outcomes ask of each other: every reaction of domain/reactions.
class DomainReactor final : public engine::Reactor {
 public:
  void React(const ledger::v1::Outcome& outcome, Moment at,
             absl::FunctionRef<void(engine::Command)> step) const override;
};

}  // namespace dialtone::server
