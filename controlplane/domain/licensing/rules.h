// What other slices may ask of an organization's licences.
#pragma once

#include <cstdint>

#include "controlplane/domain/licensing/state.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

// User numbers that the licences allow, by the formula and the basis of the policy: domain.md 2.6.
std::uint64_t UserNumberQuota(const State& state, const policy::Policy& policy);
// Toll, and separately toll-free, service numbers that they allow: the tier table of 2.6.
std::uint64_t ServiceNumberQuota(const State& state, const policy::Policy& policy);

}  // namespace dialtone::licensing
