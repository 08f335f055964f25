// What the loads find on the server: `load prepare` makes it.
#pragma once

#include <string>

namespace dialtone::benchmark {

// So many that every partition has some.
constexpr int kOrganizations = 64;

inline std::string OrganizationId(int index) { return "bench-" + std::to_string(index); }
inline std::string OrganizationName(int index) {
  return "organizations/" + OrganizationId(index % kOrganizations);
}
constexpr char kUserId[] = "caller";
inline std::string UserName(int index) { return OrganizationName(index) + "/users/" + kUserId; }

constexpr int kRecordsInABatch = 1'000;

}  // namespace dialtone::benchmark
