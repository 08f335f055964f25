#include <gtest/gtest.h>

#include "controlplane/domain/inventory/rules.h"
#include "controlplane/policy/loader.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

TEST(AssignNumber, GivesALicensedUserTheNumberAndTheLocation) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  const auto number = story.When(Assign(acquired.numbers(0), kAnn), kDecide).ThenReplied<Number>();
  EXPECT_EQ(number.assignee(), kAnn);
  EXPECT_EQ(number.location(), kOffice);
  EXPECT_EQ(number.state(), Number::ASSIGNED);
  EXPECT_EQ(number.area().city(), "Seattle") << "as the block knows it";
  ASSERT_EQ(NumbersOf(story.organization().inventory, kAnn).size(), 1U);
}

TEST(AssignNumber, IsRefusedForANumberThatIsNotHeldAndForAUserThatIsNotThere) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  Number other = acquired.numbers(0);
  other.set_name("organizations/contoso/numbers/12065550109");
  story.When(Assign(other, kAnn), kDecide).ThenRefused(NUMBER_NOT_HELD);
  story.When(Assign(acquired.numbers(0), kBob), kDecide)
      .ThenRefused(organizations::v1::USER_NOT_FOUND, {{"user", kBob}});
}

TEST(AssignNumber, IsRefusedForANumberThatSomebodyHas) {
  Story story;
  Prepare(story);
  story.Given(UserIn(kBob, "US"), Licensed(kBob, {"MCOEV", "MCOPSTN1"}));
  const auto acquired = AcquiredBy(story, "contoso", 1);
  story.When(Assign(acquired.numbers(0), kAnn), kDecide)
      .ThenOk()
      .When(Assign(acquired.numbers(0), kBob), kDecide)
      .ThenRefused(NUMBER_IN_USE, {{"assignee", kAnn}});
}

TEST(AssignNumber, IsRefusedForTheSecondNumberOfAUser) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 2);
  story.When(Assign(acquired.numbers(0), kAnn), kDecide)
      .ThenOk()
      .When(Assign(acquired.numbers(1), kAnn), kDecide)
      .ThenRefused(USER_HAS_NUMBER, {{"number", acquired.numbers(0).e164()}});
}

// Shows 3.5/licence.
TEST(AssignNumber, NeedsPhoneSystemAndAPlan) {
  for (const std::vector<std::string>& skus :
       {std::vector<std::string>{}, {"MCOEV"}, {"MCOPSTN1"}}) {
    Story story;
    Prepare(story);
    story.Given(UserIn(kBob, "US"), Licensed(kBob, skus));
    const auto acquired = AcquiredBy(story, "contoso", 1);
    story.When(Assign(acquired.numbers(0), kBob), kDecide).ThenRefused(USER_WITHOUT_LICENSE);
  }
}

// Shows 3.5/country.
TEST(AssignNumber, NeedsANumberOfTheUsersUsageLocation) {
  Story story;
  Prepare(story);
  story.Given(UserIn(kBob, "GB"), Licensed(kBob, {"MCOEV", "MCOPSTN1"}));
  const auto acquired = AcquiredBy(story, "contoso", 1);
  story.When(Assign(acquired.numbers(0), kBob), kDecide)
      .ThenRefused(NUMBER_OF_OTHER_COUNTRY, {{"number_country", "US"}, {"usage_location", "GB"}});
}

TEST(PortedNumber, IsWhereItsDigitsSay) {
  const auto area = [](const char* number) {
    return AreaOf(*E164::Parse(number), *policy::BuiltIn()).ShortDebugString();
  };
  EXPECT_EQ(area("+14255550100"), R"(country: "US" region: "WA" area_code: "425")");
  EXPECT_EQ(area("+493012345678"), R"(country: "DE")");
  EXPECT_EQ(area("+18005550100"), R"(area_code: "800")");
}

// Of a ported number policy knows the country, and no city.
TEST(AssignNumber, TakesAPortedOneWhereAddressesMustBeInTheNumbersCity) {
  Story story;
  NumbersPortedIn ported;
  *ported.add_numbers() = PortedNumber("organizations/contoso", *E164::Parse("+493012345678"),
                                       SUBSCRIBER, "p1", story.policy(), story.now());
  story.Given(ported, UserIn(kAnn, "DE"), Licensed(kAnn, {"MCOEV", "MCOPSTN1"}),
              AddressIn("DE", emergency::v1::Address::VALIDATED));
  const auto number = story.When(Assign(ported.numbers(0), kAnn), kDecide).ThenReplied<Number>();
  EXPECT_EQ(number.area().country(), "DE");
}

// Shows 3.1/service-to-user.
TEST(AssignNumber, GivesNoServiceNumberToAUser) {
  Story story;
  Prepare(story);
  NumbersPortedIn ported;
  *ported.add_numbers() = PortedNumber("organizations/contoso", *E164::Parse("+14255550100"), TOLL,
                                       "p1", story.policy(), story.now());
  story.Given(ported)
      .When(Assign(ported.numbers(0), kAnn), kDecide)
      .ThenRefused(NUMBER_NOT_FOR_USERS, {{"type", "TOLL"}});
}

TEST(AssignNumber, NeedsALocation) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  story.When(Assign(acquired.numbers(0), kAnn, ""), kDecide)
      .ThenRefused(NUMBER_LOCATION_MISSING, {{"country", "US"}});
}

TEST(AssignNumber, NeedsAValidatedAddressAndTheDisclaimer) {
  const auto refused = [](auto given, auto reason) {
    Story story;
    story.Given(testing::LicensesAssigned("MCOPSTN1", 50), UserIn(kAnn, "US"),
                Licensed(kAnn, {"MCOEV", "MCOPSTN1"}), given);
    story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550109"));
    const auto acquired = AcquiredBy(story, "contoso", 1);
    story.When(Assign(acquired.numbers(0), kAnn), kDecide).ThenRefused(reason);
  };
  refused(Agreed("US"), emergency::v1::LOCATION_NOT_FOUND);
  refused(AddressIn("US", emergency::v1::Address::NOT_VALIDATED),
          emergency::v1::ADDRESS_NOT_VALIDATED);
  refused(AddressIn("CA", emergency::v1::Address::VALIDATED),
          emergency::v1::ADDRESS_OF_OTHER_COUNTRY);
  refused(AddressIn("US", emergency::v1::Address::VALIDATED),
          emergency::v1::DISCLAIMER_NOT_ACCEPTED);
}

TEST(UnassignNumber, KeepsTheNumberAndFreesTheUser) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 2);
  UnassignNumberRequest unassign;
  unassign.set_name(acquired.numbers(0).name());
  story.When(unassign, kDecide).ThenRefused(NUMBER_NOT_ASSIGNED);
  story.When(Assign(acquired.numbers(0), kAnn), kDecide).ThenOk().When(unassign, kDecide).ThenOk();
  EXPECT_TRUE(NumbersOf(story.organization().inventory, kAnn).empty());
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 2U);
  story.When(Assign(acquired.numbers(1), kAnn), kDecide).ThenOk();
}

}  // namespace
}  // namespace dialtone::inventory
