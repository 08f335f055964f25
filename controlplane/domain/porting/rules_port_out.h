// What may be asked of numbers that other carriers want: domain.md 4.6.
#pragma once

#include <string_view>
#include <vector>

#include "controlplane/domain/porting/state.h"

namespace dialtone::porting {

std::vector<PortOutAction> AllowedActions(PortOutRequest::State state);
// As it is shown to callers: with its allowed actions.
PortOutRequest Shown(PortOutRequest request);
// Its numbers can neither be assigned nor given up.
bool IsOpen(PortOutRequest::State state);

// Takes as long wherever they differ: nobody learns a secret byte by byte.
bool SameSecret(std::string_view one, std::string_view other);

}  // namespace dialtone::porting
