// An organization's hold and the blocks that have the numbers: ask, settle, give back.
#pragma once

#include <string>

#include "controlplane/domain/reactions/steps.h"
#include "dialtone/ledger/v1/event.pb.h"

namespace dialtone::reactions {

// NumbersRequested → the first block: HoldNumbers. NumbersHeld → the organization: SettleHold.
// Returned, failed, ended, released → the blocks: FreeNumbers. Ported out → the blocks:
// PortOutNumbers. `aggregate` is where the event
// happened.
void ReactToHold(const ledger::v1::Event& event, const std::string& aggregate, Steps& steps);

}  // namespace dialtone::reactions
