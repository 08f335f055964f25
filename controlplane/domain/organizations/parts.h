// What the decisions of this slice share.
#pragma once

#include <string>

#include "controlplane/kernel/context.h"
#include "controlplane/policy/policy.h"

namespace dialtone::organizations {

// Something is sold there today.
inline bool IsServed(const std::string& country, const Context& context) {
  return context.policy().CountryAt(country, context.now()) != nullptr;
}

}  // namespace dialtone::organizations
