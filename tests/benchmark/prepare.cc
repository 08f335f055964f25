#include "tests/benchmark/prepare.h"

#include <cstdio>

#include "dialtone/routing/v1/routing_service.pb.h"
#include "tests/benchmark/names.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"

namespace dialtone::benchmark {

namespace {

constexpr std::int64_t kDollars = 100'000'000;  // more than any run consumes

}  // namespace

int Prepare(const std::string& target) {
  testing::Caller caller(target);
  testing::LoadNumbers(caller, kFirstNumber, kNumbers);
  for (int i = 0; i < kOrganizations; ++i) {
    const std::string organization = testing::CreateOrganization(caller, OrganizationId(i));
    const std::string user = testing::CreateUser(caller, organization, kUserId);
    testing::LicenseForCredits(caller, organization, user);
    testing::FundCredits(caller, organization, kDollars);
    testing::TakeNumbers(caller, organization, kNumbers / kOrganizations);
    testing::CreateTrunk(caller, organization, "sip:a.example.com");
    testing::CreateTrunk(caller, organization, "sip:b.example.com");
  }
  // What was acknowledged is in the routing view once it has answered for the newest of it.
  routing::v1::ResolveNumberRequest last;
  last.set_e164("+" + std::to_string(kFirstNumber + kNumbers - 1));
  caller.Must<routing::v1::Route>(last);
  std::printf("{\"organizations\":%d}\n", kOrganizations);
  return 0;
}

}  // namespace dialtone::benchmark
