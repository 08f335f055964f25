#include <gtest/gtest.h>

#include <algorithm>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/organizations/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"
#include "tests/support/licenses.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::organizations {
namespace {

using testing::PoolBought;
using testing::Story;
using testing::UsersCreated;

CreateOrganizationRequest Create(const std::string& id, const std::string& country = "US") {
  CreateOrganizationRequest request;
  request.set_organization_id(id);
  request.mutable_organization()->set_display_name("Fabrikam");
  request.mutable_organization()->set_country(country);
  return request;
}

template <class Request>
Request ForContoso() {
  Request request;
  request.set_name("organizations/contoso");
  return request;
}

UpdateOrganizationRequest Update(const std::string& country, const std::string& etag = "") {
  auto request = ForContoso<UpdateOrganizationRequest>();
  request.mutable_organization()->set_display_name("Contoso Ltd");
  request.mutable_organization()->set_country(country);
  request.mutable_organization()->set_etag(etag);
  return request;
}

TEST(CreateOrganization, MakesItActiveUnderTheIdThatWasChosen) {
  Story story;
  const auto created = story.When(Create("fabrikam"), kDecide).ThenReplied<v1::Organization>();
  EXPECT_EQ(created.name(), "organizations/fabrikam");
  EXPECT_EQ(created.state(), v1::Organization::ACTIVE);
  EXPECT_EQ(created.currency_code(), "USD");
  EXPECT_FALSE(created.etag().empty());
  EXPECT_EQ(FromProto(created.create_time()), story.now());
  EXPECT_EQ(OrganizationName(story.organization("organizations/fabrikam").organizations),
            "organizations/fabrikam");
}

TEST(CreateOrganization, IsRefusedForAnIdThatIsTaken) {
  Story()
      .When(Create("contoso"), kDecide)
      .ThenRefused(ORGANIZATION_EXISTS,
                   {{"organization", "organizations/contoso"}, {"state", "ACTIVE"}});
}

TEST(CreateOrganization, IsRefusedForACountryWhereNothingIsSold) {
  Story()
      .When(Create("fabrikam", "XX"), kDecide)
      .ThenRefused(COUNTRY_NOT_SERVED, {{"country", "XX"}});
}

TEST(CreateOrganization, IsRefusedForACurrencyThatNobodyRatesIn) {
  auto request = Create("fabrikam");
  request.mutable_organization()->set_currency_code("EUR");
  Story()
      .When(request, kDecide)
      .ThenRefused(CURRENCY_NOT_SERVED, {{"currency", "EUR"}, {"served", "USD"}});
}

TEST(CreateOrganization, AsksItsRulesInTheOrderOfTheRefusals) {
  Story story;
  story.DryRun().When(Create("contoso", "XX"), kDecide);
  const auto order = testing::OrderOf<OrganizationsRefusal>(story.trace());
  EXPECT_EQ(order.size(), 3U);
  EXPECT_TRUE(std::is_sorted(order.begin(), order.end()));
  story.When(Create("contoso", "XX"), kDecide).ThenRefused(ORGANIZATION_EXISTS);
}

TEST(UpdateOrganization, SetsNameAndCountryAndANewEtag) {
  Story story;
  const auto first = story.When(Update("CA"), kDecide).ThenReplied<v1::Organization>();
  EXPECT_EQ(first.display_name(), "Contoso Ltd");
  EXPECT_EQ(first.country(), "CA");
  EXPECT_EQ(first.currency_code(), "USD") << "what is not asked for stays";
  const auto second =
      story.When(Update("GB", first.etag()), kDecide).ThenReplied<v1::Organization>();
  EXPECT_NE(second.etag(), first.etag());
}

TEST(UpdateOrganization, IsRefusedAfterSomebodyElsesChange) {
  Story story;
  const auto first = story.When(Update("CA"), kDecide).ThenReplied<v1::Organization>();
  story.When(Update("GB", first.etag()), kDecide)
      .ThenOk()
      .When(Update("XX", first.etag()), kDecide)
      .ThenRefused(type::v1::ETAG_MISMATCH, {{"etag", first.etag()}});
}

TEST(UpdateOrganization, IsRefusedForACountryWhereNothingIsSold) {
  Story().When(Update("XX"), kDecide).ThenRefused(COUNTRY_NOT_SERVED);
}

TEST(SuspendOrganization, StopsEveryChangeButResumingAndDeleting) {
  Story story;
  const auto suspended =
      story.When(ForContoso<SuspendOrganizationRequest>(), kDecide).ThenReplied<v1::Organization>();
  EXPECT_EQ(suspended.state(), v1::Organization::SUSPENDED);
  story.When(Update("CA"), kDecide)
      .ThenRefused(ORGANIZATION_SUSPENDED)
      .When(ForContoso<SuspendOrganizationRequest>(), kDecide)
      .ThenRefused(ORGANIZATION_SUSPENDED)
      .When(ForContoso<ResumeOrganizationRequest>(), kDecide)
      .ThenOk()
      .When(Update("CA"), kDecide)
      .ThenOk();
}

TEST(ResumeOrganization, IsRefusedWhileItIsActive) {
  Story()
      .When(ForContoso<ResumeOrganizationRequest>(), kDecide)
      .ThenRefused(ORGANIZATION_NOT_SUSPENDED);
}

TEST(DeleteOrganization, LeavesANameThatIsKnownAndNotGivenAgain) {
  Story story;
  const auto deleted =
      story.When(ForContoso<DeleteOrganizationRequest>(), kDecide).ThenReplied<v1::Organization>();
  EXPECT_EQ(deleted.state(), v1::Organization::DELETED);
  story.When(Update("CA"), kDecide)
      .ThenRefused(ORGANIZATION_NOT_FOUND)
      .When(ForContoso<DeleteOrganizationRequest>(), kDecide)
      .ThenRefused(ORGANIZATION_NOT_FOUND)
      .When(Create("contoso"), kDecide)
      .ThenRefused(ORGANIZATION_EXISTS, {{"state", "DELETED"}});
}

TEST(DeleteOrganization, WorksOnASuspendedOne) {
  Story story;
  story.When(ForContoso<SuspendOrganizationRequest>(), kDecide)
      .ThenOk()
      .When(ForContoso<DeleteOrganizationRequest>(), kDecide)
      .ThenOk();
}

TEST(DeleteOrganization, IsRefusedWhileItHoldsAnythingAndCountsIt) {
  Story story;
  story
      .Given(UsersCreated({"ann", "bob"}), PoolBought("ENTERPRISEPACK", 7),
             testing::NumberHeld("ann", "+12065550100"))
      .When(ForContoso<DeleteOrganizationRequest>(), kDecide)
      .ThenRefused(ORGANIZATION_NOT_EMPTY, {{"users", "2"},
                                            {"licenses", "7"},
                                            {"numbers", "1"},
                                            {"reservations", "0"},
                                            {"port_orders", "0"},
                                            {"funded_accounts", "0"}});
}

TEST(DeleteOrganization, IsRefusedWhileItWaitsForNumbersThatItRestores) {
  Story story;
  story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550100"));
  const auto reservation = story.When(testing::Reserve("contoso", {1206555}, 1), inventory::kDecide)
                               .ThenReplied<inventory::Reservation>();
  story.When(testing::Acquire(reservation), inventory::kDecide).ThenOk();
  inventory::ReleaseNumbersRequest release;
  release.set_parent("organizations/contoso");
  release.add_numbers("+12065550100");
  story.When(release, inventory::kDecide).ThenOk();
  inventory::RestoreNumbersRequest restore;
  restore.set_parent("organizations/contoso");
  restore.add_numbers("+12065550100");
  story.WithoutWaiting()
      .When(restore, inventory::kDecide)
      .When(ForContoso<DeleteOrganizationRequest>(), kDecide)
      .ThenRefused(ORGANIZATION_NOT_EMPTY, {{"numbers", "0"}, {"restorations", "1"}});
  EXPECT_EQ(story.organization().inventory.numbers.size(), 1U);
}

TEST(DeleteOrganization, IsRefusedWhileItHasAnAddressOrATrunk) {
  const auto refused = [](auto given, const char* fact) {
    Story story;
    story.Given(given)
        .When(ForContoso<DeleteOrganizationRequest>(), kDecide)
        .ThenRefused(ORGANIZATION_NOT_EMPTY, {{fact, "1"}});
  };
  emergency::v1::AddressCreated address;
  address.mutable_address()->set_name("organizations/contoso/addresses/a");
  refused(address, "addresses");
  routing::v1::TrunkCreated trunk;
  trunk.mutable_trunk()->set_name("organizations/contoso/trunks/t");
  refused(trunk, "trunks");
}

TEST(DeleteOrganization, IsRefusedForAnOldEtagBeforeAnythingElse) {
  Story story;
  auto request = ForContoso<DeleteOrganizationRequest>();
  request.set_etag("e-old");
  story.Given(UsersCreated({"ann"})).When(request, kDecide).ThenRefused(type::v1::ETAG_MISMATCH);
}

TEST(AnOrganizationThatIsNotThere, IsNotFoundByAnyCommand) {
  Story story;
  SuspendOrganizationRequest request;
  request.set_name("organizations/nobody");
  story.When(request, kDecide).ThenRefused(ORGANIZATION_NOT_FOUND);
}

}  // namespace
}  // namespace dialtone::organizations
