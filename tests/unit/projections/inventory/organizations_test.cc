#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/organizations_queries.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using namespace organizations::v1;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr PageLimits kPages{.size_default = 2, .size_max = 5};

class OrganizationsView : public ::testing::Test {
 protected:
  OrganizationsView() {
    for (const std::string id : {"contoso", "fabrikam"}) {
      const std::string name = "organizations/" + id;
      Change(name, [&](OrganizationsEvent& event) {
        event.mutable_organization_created()->mutable_organization()->set_name(name);
      });
      Change(name, [&](OrganizationsEvent& event) {
        for (const std::string user : {"ann", "bob", "cid"}) {
          auto& row = *event.mutable_users_created()->add_users();
          row.set_name(name + "/users/" + user);
          row.set_usage_location(user == "bob" ? "GB" : "US");
        }
      });
    }
  }

  template <class ChangeFn>
  void Change(const std::string& aggregate, ChangeFn change) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(aggregate);
    change(*outcome.add_events()->mutable_organizations());
    EXPECT_EQ(view_.Project(outcome, {{0, ++index_}, Timestamp()}), std::nullopt);
  }
  std::vector<std::string> List(ListUsersRequest& request) {
    ListUsersResponse reply;
    EXPECT_TRUE(queries_.ListUsers(view_.TakeSnapshot(), request, reply).has_value());
    request.set_page_token(reply.next_page_token());
    std::vector<std::string> names;
    for (const User& user : reply.users()) names.push_back(user.name());
    return names;
  }
  std::vector<std::string> Organizations() {
    ListOrganizationsResponse reply;
    EXPECT_TRUE(queries_.ListOrganizations(view_.TakeSnapshot(), {}, reply).has_value());
    std::vector<std::string> names;
    for (const auto& row : reply.organizations()) names.push_back(row.name());
    return names;
  }

  InventoryProjection projection_;
  MemoryView view_{projection_};
  OrganizationsQueries queries_{nullptr, kPages};
  std::uint64_t index_ = 0;
};

TEST_F(OrganizationsView, ListsUsersOfOneOrganizationByPages) {
  ListUsersRequest request;
  request.set_parent("organizations/contoso");
  EXPECT_THAT(List(request),
              ElementsAre("organizations/contoso/users/ann", "organizations/contoso/users/bob"));
  EXPECT_THAT(List(request), ElementsAre("organizations/contoso/users/cid"));
  EXPECT_EQ(request.page_token(), "");
}

TEST_F(OrganizationsView, ListsUsersOfOneUsageLocation) {
  ListUsersRequest request;
  request.set_parent("organizations/fabrikam");
  request.set_usage_location("GB");
  EXPECT_THAT(List(request), ElementsAre("organizations/fabrikam/users/bob"));
}

TEST_F(OrganizationsView, ListsNobodyOfAnOrganizationWhoseNameOnlyBeginsAlike) {
  ListUsersRequest request;
  request.set_parent("organizations/con");
  EXPECT_THAT(List(request), IsEmpty());
}

TEST_F(OrganizationsView, ShowsAUserAsItWasChangedAndNotWhenItIsGone) {
  const std::string name = "organizations/contoso/users/ann";
  GetUserRequest request;
  request.set_name(name);
  User user;
  Change("organizations/contoso", [&](OrganizationsEvent& event) {
    event.mutable_user_updated()->mutable_user()->set_name(name);
    event.mutable_user_updated()->mutable_user()->set_usage_location("DE");
  });
  ASSERT_TRUE(queries_.GetUser(view_.TakeSnapshot(), request, user).has_value());
  EXPECT_EQ(user.usage_location(), "DE");
  Change("organizations/contoso",
         [&](OrganizationsEvent& event) { event.mutable_user_deleted()->set_user(name); });
  const auto gone = queries_.GetUser(view_.TakeSnapshot(), request, user);
  ASSERT_FALSE(gone.has_value());
  EXPECT_EQ(gone.error().kind, QueryError::Kind::kNotFound);
}

TEST_F(OrganizationsView, ShowsADeletedOrganizationButDoesNotListIt) {
  EXPECT_THAT(Organizations(), ElementsAre("organizations/contoso", "organizations/fabrikam"));
  Change("organizations/contoso", [&](OrganizationsEvent& event) {
    auto& row = *event.mutable_organization_deleted()->mutable_organization();
    row.set_name("organizations/contoso");
    row.set_state(Organization::DELETED);
  });
  EXPECT_THAT(Organizations(), ElementsAre("organizations/fabrikam"));
  GetOrganizationRequest request;
  request.set_name("organizations/contoso");
  Organization row;
  ASSERT_TRUE(queries_.GetOrganization(view_.TakeSnapshot(), request, row).has_value());
  EXPECT_EQ(row.state(), Organization::DELETED);
}

TEST_F(OrganizationsView, StopsAtAnEventThatItDoesNotKnow) {
  ledger::v1::Outcome outcome;
  outcome.add_events()->mutable_organizations();
  EXPECT_TRUE(view_.Project(outcome, {{0, 1}, Timestamp()}).has_value());
}

}  // namespace
}  // namespace dialtone::projections
