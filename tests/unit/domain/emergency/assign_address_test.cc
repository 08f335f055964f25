// AssignEmergencyAddress: where a number calls from, and, in the same step, who has it.
#include <gtest/gtest.h>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "tests/support/precedence.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::emergency {
namespace {

using inventory::kAnn;
using inventory::kBob;
using inventory::kOffice;
using testing::Story;

AssignEmergencyAddressRequest Assign(const inventory::Number& number,
                                     const std::string& user = "") {
  AssignEmergencyAddressRequest request;
  request.set_name(number.name());
  request.set_location(kOffice);
  request.set_user(user);
  return request;
}

// A number of Lyon, as its block knows it.
inventory::NumbersAcquired NumberOfLyon() {
  inventory::NumbersAcquired acquired;
  auto& number = *acquired.add_numbers();
  number.set_name("organizations/contoso/numbers/33412345678");
  number.set_e164("+33412345678");
  number.set_type(inventory::SUBSCRIBER);
  number.mutable_area()->set_country("FR");
  number.mutable_area()->set_city("LYON");
  return acquired;
}

AddressCreated AddressIn(const std::string& country, const std::string& city) {
  auto created = inventory::AddressIn(country, Address::VALIDATED);
  created.mutable_address()->mutable_civic()->set_city(city);
  return created;
}

inventory::NumbersPortedIn Ported(const Story& story, const char* number,
                                  inventory::NumberType type) {
  inventory::NumbersPortedIn ported;
  *ported.add_numbers() = inventory::PortedNumber("organizations/contoso", *E164::Parse(number),
                                                  type, "p1", story.policy(), story.now());
  return ported;
}

// Shows 5.3/one-step.
TEST(AssignEmergencyAddress, GivesTheUserTheNumberInTheSameStep) {
  Story story;
  inventory::Prepare(story);
  const auto number = inventory::AcquiredBy(story, "contoso", 1).numbers(0);
  const auto assigned = story.When(Assign(number, kAnn), kDecide).ThenReplied<inventory::Number>();
  EXPECT_EQ(assigned.assignee(), kAnn);
  EXPECT_EQ(assigned.location(), kOffice);
  EXPECT_EQ(assigned.state(), inventory::Number::ASSIGNED);
  EXPECT_EQ(story.Count<inventory::NumberAssigned>(), 1);
  EXPECT_EQ(story.Count<inventory::NumberLocated>(), 1);
  EXPECT_EQ(NumbersOf(story.organization().inventory, kAnn).size(), 1U);
}

TEST(AssignEmergencyAddress, LeavesTheNumberWhoseItIsWithoutAUser) {
  Story story;
  inventory::Prepare(story);
  const auto number = inventory::AcquiredBy(story, "contoso", 1).numbers(0);
  story.When(Assign(number, kAnn), kDecide).ThenOk();
  const auto located = story.When(Assign(number), kDecide).ThenReplied<inventory::Number>();
  EXPECT_EQ(located.assignee(), kAnn);
  EXPECT_EQ(story.Count<inventory::NumberAssigned>(), 0);
}

TEST(AssignEmergencyAddress, AsksForAUserAllThatAssigningANumberAsks) {
  Story story;
  inventory::Prepare(story);
  const auto acquired = inventory::AcquiredBy(story, "contoso", 2);
  story.When(Assign(acquired.numbers(0), kBob), kDecide)
      .ThenRefused(organizations::v1::USER_NOT_FOUND, {{"user", kBob}});
  story.Given(inventory::UserIn(kBob, "US"))
      .When(Assign(acquired.numbers(0), kBob), kDecide)
      .ThenRefused(inventory::USER_WITHOUT_LICENSE, {{"user", kBob}});
  EXPECT_TRUE(story.organization().inventory.numbers.begin()->second.location().empty())
      << "neither, not one of the two";
  story.When(Assign(acquired.numbers(0), kAnn), kDecide)
      .ThenOk()
      .When(Assign(acquired.numbers(0), kAnn), kDecide)
      .ThenRefused(inventory::NUMBER_IN_USE)
      .When(Assign(acquired.numbers(1), kAnn), kDecide)
      .ThenRefused(inventory::USER_HAS_NUMBER);
}

// Shows 3.5/area-code.
TEST(AssignEmergencyAddress, WantsTheCityOfTheNumberWhereTheCountryDoes) {
  Story story;
  story.Given(NumberOfLyon(), AddressIn("FR", "Paris"));
  story.When(Assign(NumberOfLyon().numbers(0)), kDecide)
      .ThenRefused(ADDRESS_OF_OTHER_AREA, {{"address_city", "Paris"}, {"number_city", "LYON"}});
  story.Given(AddressIn("FR", "Lyon"));
  story.When(Assign(NumberOfLyon().numbers(0)), kDecide).ThenOk();
}

TEST(AssignEmergencyAddress, KnowsTheCountryOfAPortedNumberByItsDigits) {
  Story story;
  const auto ported = Ported(story, "+33412345678", inventory::SUBSCRIBER);
  story.Given(ported, AddressIn("DE", "Berlin"));
  story.When(Assign(ported.numbers(0)), kDecide)
      .ThenRefused(ADDRESS_OF_OTHER_COUNTRY, {{"address_country", "DE"}, {"number_country", "FR"}});
  story.Given(AddressIn("FR", "Paris"));
  story.When(Assign(ported.numbers(0)), kDecide).ThenOk();
}

TEST(AssignEmergencyAddress, TakesANumberOfNoCountryToBeWhereItsAddressIs) {
  Story story;
  const auto ported = Ported(story, "+18005550100", inventory::TOLL_FREE);
  story.Given(ported, AddressIn("US", "Seattle"));
  story.When(Assign(ported.numbers(0)), kDecide)
      .ThenRefused(DISCLAIMER_NOT_ACCEPTED, {{"country", "US"}});
  story.Given(inventory::Agreed("US"));
  story.When(Assign(ported.numbers(0)), kDecide).ThenOk();
}

TEST(Emergency, ChecksItsRulesInTheOrderOfTheirEnum) {
  Story story;
  inventory::Prepare(story);
  const auto number = inventory::AcquiredBy(story, "contoso", 1).numbers(0);
  const auto in_order = [&](const auto& request, std::size_t count) {
    testing::ExpectInOrder<EmergencyRefusal>(story, request, kDecide, count);
  };
  in_order(Assign(number), 5);
  in_order(Assign(number, kAnn), 5);
  CreateAddressRequest create;
  create.set_parent("organizations/contoso");
  in_order(create, 2);
  ValidateAddressRequest validate;
  validate.set_name("organizations/contoso/addresses/a1");
  in_order(validate, 2);
  DeleteLocationRequest remove;
  remove.set_name(kOffice);
  in_order(remove, 2);
}

}  // namespace
}  // namespace dialtone::emergency
