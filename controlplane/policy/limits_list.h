// The limits of a policy as a list for people: one line a limit, by the names in policy.proto.
#pragma once

#include <vector>

#include "controlplane/kernel/timestamp.h"
#include "dialtone/policy/v1/catalog_service.pb.h"
#include "dialtone/policy/v1/policy.pb.h"

namespace dialtone::policy {

// Of limits that are dated, the one in force at `at`; left out when none has begun.
std::vector<v1::Limit> LimitsAt(const v1::Policy& policy, Timestamp at);

}  // namespace dialtone::policy
