#include <gtest/gtest.h>

#include "controlplane/domain/emergency/decide.h"
#include "controlplane/domain/emergency/rules.h"
#include "controlplane/domain/inventory/decide.h"
#include "controlplane/policy/loader.h"
#include "tests/support/numbers.h"
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

TEST(CreateAddress, SavesItWithItsDefaultLocationNotYetValidated) {
  Story story;
  const Address address = Created(story);
  EXPECT_EQ(address.state(), Address::NOT_VALIDATED);
  EXPECT_NE(FindLocation(story.organization().emergency, DefaultLocation(address)), nullptr);
}

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

TEST(RequireFits, WantsTheCityOfTheNumberWhereTheCountryDoes) {
  Story story;
  const Address paris = Validated(story, "FR", "PARIS");
  inventory::v1::Area lyon;
  lyon.set_country("FR");
  lyon.set_city("Lyon");
  Rules rules;
  RequireFits(rules, story.organization().emergency, DefaultLocation(paris), lyon, story.policy(),
              story.now());
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.refusal().value().reason, "ADDRESS_OF_OTHER_AREA");
  lyon.set_city("Paris");
  Rules fits;
  RequireFits(fits, story.organization().emergency, DefaultLocation(paris), lyon, story.policy(),
              story.now());
  EXPECT_TRUE(fits);
}

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

TEST(DeleteLocation, IsRefusedForTheDefaultOne) {
  Story story;
  const Address address = Created(story);
  DeleteLocationRequest request;
  request.set_name(DefaultLocation(address));
  story.When(request, kDecide).ThenRefused(DEFAULT_LOCATION_STAYS);
}

struct BritishCase {
  const char* company;
  const char* house_number;
  const char* postal_code;
  const char* broken;
};

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
    EXPECT_EQ(Malformed(civic, *policy::BuiltIn()).field(), one.broken)
        << one.company << one.house_number << one.postal_code;
  }
}

TEST(Malformed, CountsCharactersNotBytes) {
  CivicAddress civic;
  civic.set_country("DE");
  for (int i = 0; i < 50; ++i) civic.mutable_street()->append("ß");
  EXPECT_EQ(Malformed(civic, *policy::BuiltIn()).field(), "");
  civic.mutable_street()->append("e");
  EXPECT_EQ(Malformed(civic, *policy::BuiltIn()).field(), "civic.street");
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
