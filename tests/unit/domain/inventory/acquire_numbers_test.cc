#include <gtest/gtest.h>

#include <string>

#include "controlplane/domain/billing/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "tests/support/credits.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

constexpr std::uint64_t kLondon = 44'207'946;  // ten thousand numbers of London

stock::v1::NumbersLoaded Loaded(const std::string& first, const std::string& last, NumberType type,
                                const std::string& country, const std::string& city) {
  auto loaded = testing::StockLoaded(first, last);
  loaded.set_type(type);
  loaded.clear_area();
  loaded.mutable_area()->set_country(country);
  loaded.mutable_area()->set_city(city);
  return loaded;
}

// An address in London of the organization, and its default location.
emergency::v1::AddressCreated InLondon(const std::string& organization) {
  emergency::v1::AddressCreated created;
  auto& address = *created.mutable_address();
  address.set_name(organization + "/addresses/a12-1234567-0");
  address.mutable_civic()->set_country("GB");
  address.mutable_civic()->set_city("London");
  address.set_state(emergency::v1::Address::VALIDATED);
  created.mutable_default_location()->set_name(address.name() + "/locations/l12-1234567-0");
  return created;
}

// Numbers of Great Britain come with a location, which each of them names.
TEST(AcquireNumbers, TakesAllThatAReservationMayHaveAtOnceThoughEachHasItsPlace) {
  const std::string id(63, 'o');
  const std::string organization = "organizations/" + id;
  const auto address = InLondon(organization);
  Story story;
  story.GivenFor(organization, testing::OrganizationCreated(id),
                 testing::LicensesAssigned("MCOPSTN1", 300, id), address, Agreed("GB"));
  story.GivenFor("numberBlocks/" + std::to_string(kLondon),
                 Loaded("+442079460000", "+442079460999", SUBSCRIBER, "GB", "London"));
  const auto most = story.policy().reservations().numbers_max();
  ASSERT_EQ(most, 200U);
  auto reserve = testing::Reserve(id, {kLondon}, most);
  reserve.mutable_area()->set_country("GB");
  reserve.mutable_area()->set_city("London");
  auto acquire = testing::Acquire(story.When(reserve, kDecide).ThenReplied<Reservation>());
  story.When(acquire, kDecide).ThenRefused(NUMBER_LOCATION_MISSING);
  acquire.set_location(address.default_location().name());
  const auto acquired = story.When(acquire, kDecide).ThenReplied<AcquireNumbersResponse>();

  ASSERT_EQ(acquired.numbers_size(), 200);
  const State& state = story.organization(organization).inventory;
  ASSERT_EQ(state.numbers.size(), 200U);
  EXPECT_TRUE(state.reservations.empty());
  for (Number told : acquired.numbers()) {
    Number kept = *FindNumber(state, told.name());
    EXPECT_EQ(told.allowed_actions_size(), 6);
    told.clear_allowed_actions();
    EXPECT_EQ(kept.hold(), acquire.reservation());
    kept.clear_hold();
    EXPECT_EQ(kept.SerializeAsString(), told.SerializeAsString());
    EXPECT_EQ(told.location(), address.default_location().name());
    EXPECT_EQ(told.area().city(), "London");
  }
}

TEST(AcquireNumbers, KeepsTheAreaOfEachWhenTheyAreOfSeveral) {
  Story story;
  Prepare(story);
  story.GivenFor("numberBlocks/1425555",
                 Loaded("+14255550100", "+14255550100", SUBSCRIBER, "US", "Bellevue"));
  auto reserve = testing::Reserve("contoso", {1425555, kSeattle}, 0);
  reserve.clear_area();
  reserve.add_numbers("+14255550100");
  reserve.add_numbers("+12065550100");
  const auto reservation = story.When(reserve, kDecide).ThenReplied<Reservation>();
  story.When(testing::Acquire(reservation), kDecide).ThenOk();
  const State& state = story.organization().inventory;
  EXPECT_EQ(FindNumber(state, *E164::Parse("+14255550100"))->area().city(), "Bellevue");
  EXPECT_EQ(FindNumber(state, *E164::Parse("+14255550100"))->area().region(), "");
  EXPECT_EQ(FindNumber(state, *E164::Parse("+12065550100"))->area().city(), "Seattle");
  EXPECT_EQ(FindNumber(state, *E164::Parse("+12065550100"))->area().region(), "WA");
}

TEST(TollFreeNumbers, AreReservedAndAcquiredOnlyWhileThereAreCredits) {
  Story story;
  story.Given(testing::LicensesAssigned("MCOEV", 50), testing::Users({"ann"}),
              testing::Licensed({"ann"}, {"MCOPSTN1", "MCOPSTNPP"}));
  story.GivenFor("numberBlocks/1800555",
                 Loaded("+18005550100", "+18005550109", TOLL_FREE, "US", ""));
  auto reserve = testing::Reserve("contoso", {1800555}, 1);
  reserve.set_type(TOLL_FREE);
  reserve.mutable_area()->clear_city();
  story.When(reserve, kDecide).ThenRefused(TOLL_FREE_NEEDS_CREDITS);
  testing::Funded(story, 50);
  const auto reservation = story.When(reserve, kDecide).ThenReplied<Reservation>();
  story.When(testing::Consume("ann", 50 * testing::kUnit), billing::kDecide).ThenOk();
  story.When(testing::Acquire(reservation), kDecide).ThenRefused(TOLL_FREE_NEEDS_CREDITS);
  testing::Funded(story, 50);
  story.When(testing::Acquire(reservation), kDecide).ThenOk();
}

}  // namespace
}  // namespace dialtone::inventory
