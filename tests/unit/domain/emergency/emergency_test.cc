#include <gtest/gtest.h>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/edge/rpc/form.h"
#include "controlplane/policy/loader.h"
#include "tests/support/numbers.h"
#include "tests/support/policies.h"
#include "tests/support/story.h"

namespace dialtone::emergency {
namespace {

using testing::Story;

CreateAddressRequest AddressIn(std::string_view country, std::string_view city) {
  CreateAddressRequest request;
  request.set_parent("organizations/contoso");
  request.mutable_civic()->set_country(std::string(country));
  request.mutable_civic()->set_city(std::string(city));
  request.mutable_civic()->set_company("Contoso");
  return request;
}

template <class Request>
Request For(const Address& address) {
  Request request;
  request.set_name(address.name());
  return request;
}

CompleteValidationRequest Accepts(const Address& address) {
  auto request = For<CompleteValidationRequest>(address);
  request.mutable_accepted();
  return request;
}

CompleteValidationRequest Corrects(const Address& address, std::string_view city) {
  auto request = For<CompleteValidationRequest>(address);
  *request.mutable_correction() = address.civic();
  request.mutable_correction()->set_city(std::string(city));
  return request;
}

Address Created(Story& story, std::string_view country = "US", std::string_view city = "Seattle") {
  return story.When(AddressIn(country, city), kDecide).ThenReplied<Address>();
}

Address Validated(Story& story, std::string_view country = "US",
                  std::string_view city = "Seattle") {
  const Address address = Created(story, country, city);
  story.When(For<ValidateAddressRequest>(address), kDecide).ThenOk();
  return story.When(Accepts(address), kDecide).ThenReplied<Address>();
}

std::string DefaultLocation(const Address& address) {
  return address.name() + "/locations/default";
}

// A number of Seattle that contoso holds.
inventory::v1::Number Held(Story& story) {
  story.Given(testing::LicensesAssigned("MCOPSTN1", 10))
      .GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550109"));
  const auto reservation = story.When(testing::Reserve("contoso", {1206555}, 1), inventory::kDecide)
                               .ThenReplied<inventory::v1::Reservation>();
  return story.When(testing::Acquire(reservation), inventory::kDecide)
      .ThenReplied<inventory::v1::AcquireNumbersResponse>()
      .numbers(0);
}

AssignEmergencyAddressRequest Assign(const inventory::v1::Number& number,
                                     const std::string& location) {
  AssignEmergencyAddressRequest request;
  request.set_name(number.name());
  request.set_location(location);
  return request;
}

AcceptDisclaimerRequest Agrees(std::string_view country) {
  AcceptDisclaimerRequest request;
  request.set_parent("organizations/contoso");
  request.set_country(std::string(country));
  return request;
}

// Shows 5.1/default-location.
TEST(CreateAddress, SavesItWithItsDefaultLocationNotYetValidated) {
  Story story;
  const Address address = Created(story);
  EXPECT_EQ(address.state(), Address::NOT_VALIDATED);
  EXPECT_NE(FindLocation(story.organization().emergency, DefaultLocation(address)), nullptr);
}

// Shows 5.2/answers.
TEST(ValidateAddress, IsAnsweredByTheAuthorityOnce) {
  Story story;
  const Address address = Created(story);
  story.When(Accepts(address), kDecide)
      .ThenRefused(NO_VALIDATION_RUNNING, {{"state", "NOT_VALIDATED"}});
  story.When(For<ValidateAddressRequest>(address), kDecide).ThenOk();
  story.When(For<ValidateAddressRequest>(address), kDecide).ThenRefused(VALIDATION_RUNNING);
  EXPECT_EQ(story.When(Accepts(address), kDecide).ThenReplied<Address>().state(),
            Address::VALIDATED);
  story.When(For<ValidateAddressRequest>(address), kDecide).ThenRefused(ADDRESS_ALREADY_VALIDATED);
}

// Shows 5.2/correction.
TEST(AcceptCorrection, PutsTheCorrectionInPlaceOfWhatWasWritten) {
  Story story;
  const Address address = Created(story, "US", "Seatle");
  story.When(For<AcceptCorrectionRequest>(address), kDecide).ThenRefused(NO_CORRECTION_OFFERED);
  story.When(For<ValidateAddressRequest>(address), kDecide).ThenOk();
  const auto offered = story.When(Corrects(address, "Seattle"), kDecide).ThenReplied<Address>();
  EXPECT_EQ(offered.civic().city(), "Seatle");
  EXPECT_EQ(offered.correction().city(), "Seattle");
  const auto accepted =
      story.When(For<AcceptCorrectionRequest>(address), kDecide).ThenReplied<Address>();
  EXPECT_EQ(accepted.state(), Address::VALIDATED);
  EXPECT_EQ(accepted.civic().city(), "Seattle");
  EXPECT_FALSE(accepted.has_correction());
}

// Shows 5.2/unvalidated.
TEST(AssignEmergencyAddress, IsRefusedWithoutAValidatedAddress) {
  Story story;
  const auto number = Held(story);
  const Address address = Created(story);
  story.When(Assign(number, DefaultLocation(address)), kDecide)
      .ThenRefused(ADDRESS_NOT_VALIDATED, {{"state", "NOT_VALIDATED"}});
}

TEST(AssignEmergencyAddress, IsRefusedForAnAddressOfAnotherCountry) {
  Story story;
  const auto number = Held(story);
  const Address address = Validated(story, "CA", "Toronto");
  story.When(Agrees("US"), kDecide).ThenOk();
  story.When(Assign(number, DefaultLocation(address)), kDecide)
      .ThenRefused(ADDRESS_OF_OTHER_COUNTRY, {{"address_country", "CA"}, {"number_country", "US"}});
}

// Shows 3.5/disclaimer.
TEST(AssignEmergencyAddress, IsRefusedInTheUnitedStatesUntilTheDisclaimerIsAccepted) {
  Story story;
  const auto number = Held(story);
  const Address address = Validated(story);
  story.When(Assign(number, DefaultLocation(address)), kDecide)
      .ThenRefused(DISCLAIMER_NOT_ACCEPTED, {{"country", "US"}});
  story.When(Agrees("US"), kDecide).ThenOk();
  const auto located = story.When(Assign(number, DefaultLocation(address)), kDecide)
                           .ThenReplied<inventory::v1::Number>();
  EXPECT_EQ(located.location(), DefaultLocation(address));
}

// Shows 5.3/in-use.
TEST(DeleteAddress, IsRefusedWhileANumberCallsFromThere) {
  Story story;
  const auto number = Held(story);
  const Address address = Validated(story);
  story.When(Agrees("US"), kDecide).ThenOk();
  story.When(Assign(number, DefaultLocation(address)), kDecide).ThenOk();
  story.When(For<DeleteAddressRequest>(address), kDecide)
      .ThenRefused(ADDRESS_IN_USE, {{"numbers", "1"}, {"first", number.e164()}});
}

TEST(DeleteAddress, TakesItsLocationsWithIt) {
  Story story;
  const Address address = Created(story);
  story.When(For<DeleteAddressRequest>(address), kDecide).ThenOk();
  EXPECT_TRUE(story.organization().emergency.locations.empty());
  story.When(For<DeleteAddressRequest>(address), kDecide).ThenRefused(ADDRESS_NOT_FOUND);
}

DeleteLocationRequest Delete(const std::string& location) {
  DeleteLocationRequest request;
  request.set_name(location);
  return request;
}

// Shows 5.3/default-stays.
TEST(DeleteLocation, IsRefusedForTheDefaultOne) {
  Story story;
  const Address address = Created(story);
  story.When(Delete(DefaultLocation(address)), kDecide).ThenRefused(DEFAULT_LOCATION_STAYS);
}

// Shows 5.3/in-use.
TEST(DeleteLocation, IsRefusedForTheOneThatANumberCallsFromAndForNoOther) {
  Story story;
  const auto number = Held(story);
  const Address address = Validated(story);
  const std::string first = address.name() + "/locations/l6-1-1";
  for (const std::string& name : {first, first + "0"}) {
    LocationCreated created;
    created.mutable_location()->set_name(name);
    story.Given(created);
  }
  story.When(Agrees("US"), kDecide).ThenOk();
  story.When(Assign(number, first + "0"), kDecide).ThenOk();
  story.When(Delete(first + "0"), kDecide)
      .ThenRefused(LOCATION_IN_USE, {{"numbers", "1"}, {"first", number.e164()}});
  story.When(Delete(first), kDecide).ThenOk();
}

TEST(CreateLocation, IsRefusedBeyondTheLimitOfAnAddress) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_emergency()->set_locations_max(2); }));
  CreateLocationRequest request;
  request.set_parent(Created(story).name());
  story.When(request, kDecide)
      .ThenOk()
      .When(request, kDecide)
      .ThenRefused(TOO_MANY_LOCATIONS, {{"locations", "2"}, {"max", "2"}});
}

TEST(CreateAddress, IsRefusedBeyondTheLimit) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_emergency()->set_addresses_max(1); }));
  Created(story);
  story.When(AddressIn("US", "Seattle"), kDecide)
      .ThenRefused(TOO_MANY_ADDRESSES, {{"addresses", "1"}, {"max", "1"}});
}

TEST(CompleteValidation, NeedsAnAnswer) {
  edge::FormBook book;
  const auto& form = book.Of(CompleteValidationRequest::descriptor());
  CompleteValidationRequest request;
  request.set_name("organizations/contoso/addresses/a1");
  EXPECT_FALSE(form.Check(request).empty());
  request.mutable_accepted();
  EXPECT_TRUE(form.Check(request).empty());
}

struct BritishCase {
  const char* company;
  const char* house_number;
  const char* postal_code;
  const char* broken;
};

// Shows 5.2/british.
TEST(Malformed, KnowsTheBritishFieldRules) {
  const BritishCase cases[] = {
      {"Contoso & Sons", "12-14", "SW1A 1AA", ""},
      {"Contoso", "1", "M1 1AE", ""},
      {"+Contoso", "1", "M1 1AE", "civic.company"},
      {"Con+toso", "1", "M1 1AE", "civic.company"},
      {"Contoso", "A1", "M1 1AE", "civic.house_number"},
      {"Contoso", "1", "M11AE", "civic.postal_code"},
      {"Contoso", "1", "12345", "civic.postal_code"},
  };
  for (const BritishCase& one : cases) {
    CivicAddress civic;
    civic.set_country("GB");
    civic.set_company(one.company);
    civic.set_house_number(one.house_number);
    civic.set_postal_code(one.postal_code);
    EXPECT_EQ(Malformed(civic, *policy::BuiltIn(), Timestamp::Micros(0)).field(), one.broken)
        << one.company << one.house_number << one.postal_code;
  }
}

TEST(Malformed, CountsCharactersNotBytes) {
  CivicAddress civic;
  civic.set_country("DE");
  for (int i = 0; i < 50; ++i) civic.mutable_street()->append("ß");
  EXPECT_EQ(Malformed(civic, *policy::BuiltIn(), Timestamp::Micros(0)).field(), "");
  civic.mutable_street()->append("e");
  EXPECT_EQ(Malformed(civic, *policy::BuiltIn(), Timestamp::Micros(0)).field(), "civic.street");
}

TEST(CreateAddress, IsRefusedWithTheFieldThatIsMalformed) {
  Story story;
  auto request = AddressIn("GB", "London");
  request.mutable_malformation()->set_field("civic.postal_code");
  request.mutable_malformation()->set_rule("a rule");
  story.When(request, kDecide).ThenRefused(ADDRESS_MALFORMED, {{"field", "civic.postal_code"}});
}

}  // namespace
}  // namespace dialtone::emergency
