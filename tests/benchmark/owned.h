// What a node decides about, of the partitions and of the loads' organizations.
#pragma once

#include <string>
#include <vector>

namespace dialtone::benchmark {

// Prints one line of JSON.
int PrintOwned(const std::string& target);
// Numbers of organizations, as in names.h.
std::vector<int> OrganizationsOwnedBy(const std::string& target);

}  // namespace dialtone::benchmark
