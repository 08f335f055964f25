// What the loads find on the server: `load prepare` makes it.
#pragma once

#include <cstdint>
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

// All of them are held in the end, by the organizations in equal parts.
constexpr std::uint64_t kFirstNumber = 12065550000;
constexpr std::uint32_t kNumbers = 8 * kOrganizations;

constexpr int kRecordsInABatch = 1'000;

}  // namespace dialtone::benchmark
