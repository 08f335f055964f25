#include "tests/benchmark/owned.h"

#include <algorithm>
#include <cstdio>

#include "controlplane/kernel/aggregate.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "tests/benchmark/names.h"
#include "tests/support/caller.h"

namespace dialtone::benchmark {

namespace {

// By partition.
std::vector<bool> Owned(const std::string& target) {
  const auto listed = testing::Caller(target).Must<admin::v1::ListPartitionsResponse>(
      admin::v1::ListPartitionsRequest());
  std::vector<bool> owned;
  for (const auto& partition : listed.partitions())
    owned.push_back(partition.role() == admin::v1::Partition::ROLE_OWNER);
  return owned;
}

std::vector<int> OrganizationsOf(const std::vector<bool>& owned) {
  std::vector<int> organizations;
  for (int i = 0; i < kOrganizations; ++i) {
    const AggregateKey key(OrganizationName(i));
    if (owned[key.PartitionOf(static_cast<std::uint32_t>(owned.size()))])
      organizations.push_back(i);
  }
  return organizations;
}

}  // namespace

int PrintOwned(const std::string& target) {
  const std::vector<bool> owned = Owned(target);
  std::printf("{\"partitions\":%td,\"organizations\":%zu}\n",
              std::count(owned.begin(), owned.end(), true), OrganizationsOf(owned).size());
  return 0;
}

std::vector<int> OrganizationsOwnedBy(const std::string& target) {
  return OrganizationsOf(Owned(target));
}

}  // namespace dialtone::benchmark
