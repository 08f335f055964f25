// What other slices may ask of an organization and its users.
#pragma once

#include <string>
#include <string_view>

#include "controlplane/domain/organizations/state.h"

namespace dialtone::organizations {

// `organizations/contoso`. REQUIRES: the organization was created, as of these two.
const std::string& OrganizationName(const State& state);
// What its credits are kept in: ISO 4217.
const std::string& Currency(const State& state);
// Where it is: ISO 3166-1 alpha-2.
const std::string& Country(const State& state);

// Neither suspended nor deleted.
bool IsActive(const State& state);

// By its name, `organizations/contoso/users/ann`. Null: there is no such user.
const User* FindUser(const State& state, std::string_view name);
// The country that decides what the user may have: domain.md 1.1. Empty: there is no such user.
std::string_view UsageLocation(const State& state, std::string_view user);

// `organizations/contoso/users/ann`.
std::string UserName(std::string_view organization, std::string_view id);

}  // namespace dialtone::organizations
