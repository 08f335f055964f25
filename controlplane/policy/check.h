// What must hold in a policy before it is used: forms and ranges of fields, keys, references, and
// rows that fit together.
#pragma once

#include <string>
#include <vector>

#include "controlplane/policy/places.h"
#include "dialtone/policy/v1/policy.pb.h"

namespace dialtone::policy {

// A sentence for each thing that is wrong, beginning with its place; empty: the policy can be used.
std::vector<std::string> Check(const v1::Policy& policy, const Places& places);

// The parts: check_rows.cc by the options in policy.proto, check_sense.cc by what the rows mean.
void CheckRows(const v1::Policy& policy, const Places& places, std::vector<std::string>& wrong);
void CheckSense(const v1::Policy& policy, const Places& places, std::vector<std::string>& wrong);

}  // namespace dialtone::policy
