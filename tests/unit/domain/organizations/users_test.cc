#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/organizations/rules.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "google/rpc/code.pb.h"
#include "tests/support/licenses.h"
#include "tests/support/precedence.h"
#include "tests/support/story.h"

namespace dialtone::organizations {
namespace {

using testing::NumberHeld;
using testing::ReasonOf;
using testing::Story;
using testing::UserOf;
using testing::UsersCreated;

CreateUserRequest Create(const std::string& id, const std::string& usage_location = "US") {
  CreateUserRequest request;
  request.set_parent("organizations/contoso");
  request.set_user_id(id);
  request.mutable_user()->set_usage_location(usage_location);
  request.mutable_user()->mutable_sealed()->set_masked("A… B…");
  return request;
}

UpdateUserRequest Update(const std::string& id, const std::string& usage_location,
                         const std::string& etag = "") {
  UpdateUserRequest request;
  request.set_name(UserOf(id));
  request.mutable_user()->set_usage_location(usage_location);
  request.mutable_user()->set_etag(etag);
  return request;
}

DeleteUserRequest Delete(const std::string& id, const std::string& etag = "") {
  DeleteUserRequest request;
  request.set_name(UserOf(id));
  request.set_etag(etag);
  return request;
}

licensing::v1::LicensesAssigned LicensesOf(const std::string& id,
                                           const std::vector<std::string>& skus) {
  licensing::v1::LicensesAssigned assigned;
  auto& user = *assigned.add_users();
  user.set_user(UserOf(id));
  for (const std::string& sku : skus) user.add_skus(sku);
  return assigned;
}

TEST(BatchCreateUsers, IsRefusedWhenItsUsersAreMoreThanOneEntryHolds) {
  BatchCreateUsersRequest request;
  request.set_parent("organizations/contoso");
  for (int i = 0; i < 1'000; ++i) {
    NewUser& user = *request.add_users();
    user.set_user_id("u" + std::to_string(i));
    user.mutable_user()->set_usage_location("US");
    user.mutable_user()->mutable_sealed()->set_ciphertext(std::string(100, 'x'));
  }
  Story story;
  story.When(request, kDecide).ThenRefused(ledger::v1::COMMAND_TOO_LARGE);
  EXPECT_TRUE(story.organization().organizations.users.empty());
  request.mutable_users()->DeleteSubrange(100, 900);
  story.When(request, kDecide).ThenOk();
}

TEST(CreateUser, KeepsWhatIsSealedAndTheUsageLocation) {
  Story story;
  const auto user = story.When(Create("ann", "DE"), kDecide).ThenReplied<User>();
  EXPECT_EQ(user.name(), UserOf("ann"));
  EXPECT_EQ(user.sealed().masked(), "A… B…");
  EXPECT_FALSE(user.etag().empty());
  EXPECT_EQ(UsageLocation(story.organization().organizations, UserOf("ann")), "DE");
  EXPECT_EQ(UsageLocation(story.organization().organizations, UserOf("bob")), "");
}

TEST(CreateUser, IsRefusedForANameThatIsTaken) {
  Story story;
  story.Given(UsersCreated({"ann"}))
      .When(Create("ann"), kDecide)
      .ThenRefused(USER_EXISTS, {{"user", UserOf("ann")}});
}

// Shows 1.1/usage-location.
TEST(CreateUser, IsRefusedForAUsageLocationThatNobodyServes) {
  Story().When(Create("ann", "XX"), kDecide).ThenRefused(COUNTRY_NOT_SERVED, {{"country", "XX"}});
}

TEST(CreateUser, IsRefusedForAUsageLocationThatIsServedOnlyLater) {
  Story story;  // December 2018; Albania comes in August 2020
  story.When(Create("ann", "AL"), kDecide)
      .ThenRefused(COUNTRY_NOT_SERVED)
      .Wait(Duration::Days(700))
      .When(Create("ann", "AL"), kDecide)
      .ThenOk();
}

TEST(CreateUser, AsksItsRulesInTheOrderOfTheRefusals) {
  Story story;
  story.Given(UsersCreated({"ann"})).DryRun().When(Create("ann", "XX"), kDecide);
  const auto order = testing::OrderOf<OrganizationsRefusal>(story.trace());
  EXPECT_EQ(order.size(), 2U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  story.When(Create("ann", "XX"), kDecide).ThenRefused(USER_EXISTS);
}

TEST(BatchCreateUsers, CreatesWhomItCanAndTellsOfEach) {
  Story story;
  story.Given(UsersCreated({"bob"}));
  BatchCreateUsersRequest request;
  request.set_parent("organizations/contoso");
  const auto add = [&](const std::string& id, const std::string& usage_location) {
    auto& user = *request.add_users();
    user.set_user_id(id);
    user.mutable_user()->set_usage_location(usage_location);
  };
  add("ann", "US");
  add("bob", "US");
  add("cid", "XX");
  add("ann", "GB");
  const auto response = story.When(request, kDecide).ThenReplied<BatchCreateUsersResponse>();
  ASSERT_EQ(response.results_size(), 4);
  EXPECT_EQ(ReasonOf(response.results(0).status()), "");
  EXPECT_EQ(response.results(0).user().name(), UserOf("ann"));
  EXPECT_EQ(ReasonOf(response.results(1).status()), "USER_EXISTS");
  EXPECT_EQ(response.results(1).status().code(), google::rpc::ALREADY_EXISTS);
  EXPECT_EQ(ReasonOf(response.results(2).status()), "COUNTRY_NOT_SERVED");
  EXPECT_EQ(ReasonOf(response.results(3).status()), "USER_EXISTS") << "the first of two ids counts";
  EXPECT_EQ(story.Count<organizations::v1::UsersCreated>(), 1);
  EXPECT_EQ(story.organization().organizations.users.size(), 2U);
}

TEST(UpdateUser, ReplacesWhatIsSealed) {
  Story story;
  story.When(Create("ann"), kDecide);
  auto request = Update("ann", "US");
  request.mutable_user()->mutable_sealed()->set_masked("C… D…");
  const auto user = story.When(request, kDecide).ThenReplied<User>();
  EXPECT_EQ(user.sealed().masked(), "C… D…");
  EXPECT_EQ(user.name(), UserOf("ann"));
  EXPECT_EQ(FromProto(user.create_time()), story.now());
}

TEST(UpdateUser, IsRefusedForNobody) {
  Story().When(Update("ann", "US"), kDecide).ThenRefused(USER_NOT_FOUND, {{"user", UserOf("ann")}});
}

TEST(UpdateUser, IsRefusedAfterSomebodyElsesChange) {
  Story story;
  story.Given(UsersCreated({"ann"}))
      .When(Update("ann", "XX", "e-old"), kDecide)
      .ThenRefused(type::v1::ETAG_MISMATCH, {{"etag", "e-old"}, {"current", "e-ann"}});
}

TEST(UpdateUser, MayMoveAUserWithoutNumbersToAnotherCountry) {
  Story story;
  story.Given(UsersCreated({"ann"}), LicensesOf("ann", {"ENTERPRISEPACK"}))
      .When(Update("ann", "GB", "e-ann"), kDecide)
      .ThenOk();
  EXPECT_EQ(UsageLocation(story.organization().organizations, UserOf("ann")), "GB");
}

TEST(UpdateUser, CannotMoveAUserAwayFromANumberOrAPlanThatIsNotSoldThere) {
  Story story;
  story.Given(UsersCreated({"ann"}), LicensesOf("ann", {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"}))
      .When(Update("ann", "JP"), kDecide)
      .ThenRefused(USAGE_LOCATION_NEEDED, {{"licenses", "MCOPSTN1"}, {"numbers", ""}});
  story.Given(NumberHeld("ann", "+12065550100"))
      .When(Update("ann", "GB"), kDecide)
      .ThenRefused(USAGE_LOCATION_NEEDED, {{"licenses", ""}, {"numbers", "+12065550100"}})
      .When(Update("ann", "US"), kDecide)
      .ThenOk();
}

TEST(UpdateUser, AsksItsRulesInTheOrderOfTheRefusals) {
  Story story;
  story.Given(UsersCreated({"ann"}), NumberHeld("ann", "+12065550100"));
  testing::ExpectInOrder<OrganizationsRefusal>(story, Update("ann", "XX"), kDecide, 2);
  story.When(Update("ann", "XX", "e-old"), kDecide)
      .ThenRefused(type::v1::ETAG_MISMATCH)
      .When(Update("ann", "XX"), kDecide)
      .ThenRefused(COUNTRY_NOT_SERVED);
}

TEST(DeleteUser, FreesTheName) {
  Story story;
  story.Given(UsersCreated({"ann"}))
      .When(Delete("ann", "e-ann"), kDecide)
      .ThenOk()
      .When(Delete("ann"), kDecide)
      .ThenRefused(USER_NOT_FOUND)
      .When(Create("ann"), kDecide)
      .ThenOk();
}

TEST(DeleteUser, IsRefusedWhileNumbersOrLicencesAreLeftAndListsThem) {
  Story story;
  story
      .Given(UsersCreated({"ann"}), LicensesOf("ann", {"ENTERPRISEPACK", "MCOEV"}),
             NumberHeld("ann", "+12065550100"))
      .When(Delete("ann"), kDecide)
      .ThenRefused(USER_IN_USE,
                   {{"numbers", "+12065550100"}, {"licenses", "ENTERPRISEPACK, MCOEV"}})
      .When(Delete("ann", "e-old"), kDecide)
      .ThenRefused(type::v1::ETAG_MISMATCH);
}

}  // namespace
}  // namespace dialtone::organizations
