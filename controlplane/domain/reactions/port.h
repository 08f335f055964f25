// A port order and the blocks that its numbers are of: ask, settle, give back.
#pragma once

#include <string>

#include "controlplane/domain/reactions/steps.h"
#include "dialtone/ledger/v1/event.pb.h"

namespace dialtone::reactions {

// PortHoldRequested → all blocks of its numbers: HoldNumbers. NumbersHeld of ported numbers → the
// organization: SettlePortHold. Whatever returns numbers → their blocks: FreeNumbers. `aggregate`
// is where the event happened.
void ReactToPort(const ledger::v1::Event& event, const std::string& aggregate, Steps& steps);

}  // namespace dialtone::reactions
