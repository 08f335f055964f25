#include "controlplane/domain/organizations/rules.h"

namespace dialtone::organizations {

const std::string& OrganizationName(const State& state) { return state.organization.get().name(); }

const std::string& Currency(const State& state) { return state.organization.get().currency_code(); }

const std::string& Country(const State& state) { return state.organization.get().country(); }

bool IsActive(const State& state) {
  return state.organization.get().state() == v1::Organization::ACTIVE;
}

const User* FindUser(const State& state, std::string_view name) {
  return state.users.Find(std::string(name));
}

std::string_view UsageLocation(const State& state, std::string_view user) {
  const User* const found = FindUser(state, user);
  return found == nullptr ? std::string_view() : found->usage_location();
}

std::string UserName(std::string_view organization, std::string_view id) {
  return std::string(organization) + "/users/" + std::string(id);
}

}  // namespace dialtone::organizations
