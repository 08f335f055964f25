// What must be there before an organization can do anything: set up over the wire, with the names
// that tests and benchmarks use. Each step aborts if it is refused.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/caller.h"

namespace dialtone::testing {

// Of the United States. Gives `organizations/{id}`.
std::string CreateOrganization(Caller& caller, const std::string& id);
// Gives `organizations/{organization}/users/{id}`.
std::string CreateUser(Caller& caller, const std::string& organization, const std::string& id);
// Buys for one user, and assigns, all that calls on credits need: base plan, Phone System, Domestic
// Calling Plan, Communications Credits.
void LicenseForCredits(Caller& caller, const std::string& organization, const std::string& user);
// Asks for the money, and is the payment provider that accepts.
void FundCredits(Caller& caller, const std::string& organization, std::int64_t dollars);
std::string RegisterUsageSource(Caller& caller, const std::string& organization,
                                const std::string& id);
// `count` user numbers of Seattle, from this one on, all in one block of ten thousand.
void LoadNumbers(Caller& caller, std::uint64_t first, std::uint32_t count);

// Reserves so many of them, and acquires them.
void TakeNumbers(Caller& caller, const std::string& organization, std::uint32_t quantity);
void CreateTrunk(Caller& caller, const std::string& organization, const std::string& uri);

}  // namespace dialtone::testing
