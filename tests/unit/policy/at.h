// Short words for tests of the policy: a day's first moment, a number.
#pragma once

#include <string_view>

#include "controlplane/kernel/e164.h"
#include "controlplane/policy/day.h"

namespace dialtone::policy {

inline Timestamp At(std::string_view day) { return StartOf(*ParseDay(day)); }
inline E164 Number(std::string_view text) { return *E164::Parse(text); }

}  // namespace dialtone::policy
