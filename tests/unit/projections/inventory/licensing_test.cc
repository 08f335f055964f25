#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/licensing_queries.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using namespace licensing::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PageLimits kPages{.size_default = 100, .size_max = 100};
constexpr char kContoso[] = "organizations/contoso";

class LicensingView : public ::testing::Test {
 protected:
  LicensingView() {
    for (const std::string organization : {kContoso, "organizations/fabrikam"}) {
      LicensesAssigned event;
      for (const std::string user : {"ann", "bob"}) {
        auto& row = *event.add_users();
        row.set_user(organization + "/users/" + user);
        row.add_skus("ENTERPRISEPACK");
        row.add_skus("MCOEV");
      }
      auto& pool = *event.add_pools();
      pool.set_sku("MCOEV");
      pool.set_bought(5);
      pool.set_assigned(2);
      Happen(organization, [&](LicensingEvent& e) { *e.mutable_licenses_assigned() = event; });
    }
  }

  template <class FillFn>
  void Happen(const std::string& aggregate, FillFn fill) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(aggregate);
    fill(*outcome.add_events()->mutable_licensing());
    EXPECT_EQ(view_.Project(outcome, {{0, ++index_}, Timestamp()}), std::nullopt);
  }
  // `ann MCOEV`, and so on.
  std::vector<std::string> Assignments(const std::string& sku = "") {
    ListAssignmentsRequest request;
    request.set_parent(kContoso);
    request.set_sku(sku);
    ListAssignmentsResponse reply;
    EXPECT_TRUE(queries_.ListAssignments(view_.TakeSnapshot(), request, reply).has_value());
    std::vector<std::string> lines;
    for (const auto& row : reply.assignments())
      lines.push_back(row.user().substr(row.user().rfind('/') + 1) + " " + row.sku());
    return lines;
  }
  ListUserLicensesResponse UsersWithLicences(const std::string& user = "") {
    ListUserLicensesRequest request;
    request.set_parent(kContoso);
    request.set_user(user);
    ListUserLicensesResponse reply;
    EXPECT_TRUE(queries_.ListUserLicenses(view_.TakeSnapshot(), request, reply).has_value());
    return reply;
  }

  InventoryProjection projection_;
  MemoryView view_{projection_};
  LicensingQueries queries_{nullptr, kPages};
  std::uint64_t index_ = 0;
};

TEST_F(LicensingView, ShowsThePoolsOfOneOrganization) {
  Happen(kContoso, [](LicensingEvent& event) {
    auto& pool = *event.mutable_licenses_bought()->mutable_pool();
    pool.set_sku("ENTERPRISEPACK");
    pool.set_bought(9);
  });
  ListLicensePoolsRequest request;
  request.set_parent(kContoso);
  ListLicensePoolsResponse reply;
  ASSERT_TRUE(queries_.ListLicensePools(view_.TakeSnapshot(), request, reply).has_value());
  ASSERT_EQ(reply.license_pools_size(), 2);
  EXPECT_EQ(reply.license_pools(0).bought(), 9U);
  EXPECT_EQ(reply.license_pools(1).assigned(), 2U);
}

TEST_F(LicensingView, ListsAssignmentsByProductThenByUser) {
  EXPECT_THAT(Assignments(),
              ElementsAre("ann ENTERPRISEPACK", "bob ENTERPRISEPACK", "ann MCOEV", "bob MCOEV"));
  EXPECT_THAT(Assignments("MCOEV"), ElementsAre("ann MCOEV", "bob MCOEV"));
  EXPECT_THAT(Assignments("MCO"), IsEmpty());
}

TEST_F(LicensingView, FollowsASwapAndForgetsAUserWithoutLicences) {
  Happen(kContoso, [](LicensingEvent& event) {
    auto& ann = *event.mutable_licenses_swapped()->add_users();
    ann.set_user("organizations/contoso/users/ann");
    ann.add_skus("ENTERPRISEPREMIUM");
  });
  Happen(kContoso, [](LicensingEvent& event) {
    event.mutable_licenses_unassigned()->add_users()->set_user("organizations/contoso/users/bob");
  });
  EXPECT_THAT(Assignments(), ElementsAre("ann ENTERPRISEPREMIUM"));
  EXPECT_EQ(UsersWithLicences().user_licenses_size(), 1);
}

TEST_F(LicensingView, ShowsOneUserButNoneOfAnotherOrganization) {
  EXPECT_EQ(UsersWithLicences("organizations/contoso/users/bob").user_licenses_size(), 1);
  EXPECT_EQ(UsersWithLicences("organizations/fabrikam/users/bob").user_licenses_size(), 0);
}

}  // namespace
}  // namespace dialtone::projections
