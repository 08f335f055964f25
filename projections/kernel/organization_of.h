// Whose resource it is, by its name.
#pragma once

#include <string>
#include <string_view>

namespace dialtone::projections {

// `organizations/contoso` of `organizations/contoso/users/ann`, and of itself.
inline std::string OrganizationOf(std::string_view name) {
  const std::size_t after_id = name.find('/', name.find('/') + 1);
  return std::string(name.substr(0, after_id));
}

}  // namespace dialtone::projections
