// How many numbers an organization may hold, and from what that follows: domain.md 2.6.
#pragma once

#include <cstdint>
#include <string_view>

#include "controlplane/domain/billing/state.h"
#include "controlplane/domain/licensing/state.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/policy.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"

namespace dialtone::inventory {

using namespace v1;

// Numbers of the type that the licences allow.
std::uint64_t NumberQuota(NumberType type, const licensing::State& licenses,
                          const policy::Policy& policy);

// The same with its inputs, its formula and what would raise it. Of the licences, the pools are
// looked at; `held` and `reserved` are those that count.
Quota Explain(NumberType type, const licensing::State& licenses, std::uint64_t held,
              std::uint64_t reserved, const policy::Policy& policy);

// Numbers of the type can be had in that country; empty: of no one country.
bool IsSold(NumberType type, std::string_view country, const policy::Policy& policy, Timestamp at);

// Toll-free numbers cost for every call to them: reserved and acquired only with credits, 2.6, 9.
bool IsFunded(NumberType type, const billing::State& credits);

}  // namespace dialtone::inventory
