#include "tests/support/precedence.h"

#include <gtest/gtest.h>

#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

template <class Request>
void ExpectInOrder(Story& story, const Request& request, std::size_t count) {
  testing::ExpectInOrder<InventoryRefusal>(story, request, kDecide, count);
}

TEST(Inventory, ChecksItsRulesInTheOrderOfTheirEnum) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  const auto reservation =
      story.When(testing::Reserve("contoso", {kSeattle}, 1), kDecide).ThenReplied<Reservation>();
  ExpectInOrder(story, testing::Reserve("contoso", {kSeattle}, 1), 7);
  ExpectInOrder(story, testing::Acquire(reservation), 3);
  ExpectInOrder(story, Assign(acquired.numbers(0), kAnn), 8);
  ExpectInOrder(story, GiveBack({acquired.numbers(0).e164()}), 3);
  ExpectInOrder(story, Block(acquired.numbers(0)), 2);
  ExpectInOrder(story, Naming<UnblockNumberRequest>(acquired.numbers(0)), 1);
  ExpectInOrder(story, Naming<TagNumberRequest>(acquired.numbers(0)), 2);
  ExpectInOrder(story, ChangeUse(acquired.numbers(0), TOLL), 7);
  ExpectInOrder(story, Naming<CompleteActivationRequest>(acquired.numbers(0)), 1);
  ExpectInOrder(story, Naming<FailActivationRequest>(acquired.numbers(0)), 1);
}

TEST(Inventory, AnswersWithTheEarlierOfTwoBrokenRules) {
  Story story;
  Prepare(story);
  const auto acquired = AcquiredBy(story, "contoso", 1);
  story.When(Assign(acquired.numbers(0), kAnn), kDecide).ThenOk();
  story.When(Assign(acquired.numbers(0), kAnn, ""), kDecide).ThenRefused(NUMBER_IN_USE);
  story.When(Block(acquired.numbers(0), 366), kDecide).ThenRefused(BLOCK_TOO_LONG);
  auto nothing = testing::Reserve("contoso", {}, 0);
  nothing.set_type(TOLL_FREE);
  story.When(nothing, kDecide).ThenRefused(NOTHING_ASKED_FOR);
  auto beyond = testing::Reserve("contoso", {}, 201);
  story.When(beyond, kDecide).ThenRefused(TOO_MANY_RESERVED_NUMBERS);
  beyond.set_quantity(100);
  story.When(beyond, kDecide).ThenRefused(QUOTA_EXCEEDED);
}

// Shows 1.3/not-sold.
TEST(ReserveNumbers, IsRefusedWhereNoneAreSold) {
  Story story;
  Prepare(story);
  auto request = testing::Reserve("contoso", {kSeattle}, 1);
  request.mutable_area()->set_country("KP");
  story.When(request, kDecide)
      .ThenRefused(NUMBERS_NOT_SOLD, {{"type", "SUBSCRIBER"}, {"country", "KP"}});
}

TEST(ReserveNumbers, IsRefusedWhereOneOfTheNamedOnesIsNotSold) {
  Story story;
  Prepare(story);
  auto request = testing::Reserve("contoso", {}, 0);
  for (const char* number : {"+12065550103", "+85021234567"}) request.add_numbers(number);
  story.When(request, kDecide).ThenRefused(NUMBERS_NOT_SOLD, {{"country", "KP"}});
}

TEST(ReserveNumbers, CountsANumberThatIsNamedTwiceOnce) {
  Story story;
  Prepare(story);
  auto request = testing::Reserve("contoso", {}, 0);
  for (const char* number : {"+12065550103", "+12065550101", "+12065550103"})
    request.add_numbers(number);
  const auto reservation = story.When(request, kDecide).ThenReplied<Reservation>();
  EXPECT_THAT(reservation.numbers(), ::testing::ElementsAre("+12065550101", "+12065550103"));
}

// Shows 2.6/toll-free-credits.
TEST(ReserveNumbers, OfTollFreeOnesNeedsCredits) {
  Story story;
  story.Given(testing::LicensesAssigned("MCOEV", 10));
  auto request = testing::Reserve("contoso", {1800555}, 1);
  request.set_type(TOLL_FREE);
  story.When(request, kDecide).ThenRefused(TOLL_FREE_NEEDS_CREDITS);
}

TEST(AcquireNumbers, PutsThemWhereTheirBlockIsNotWhereSomebodySearched) {
  Story story;
  Prepare(story);
  auto by_area_code = testing::Reserve("contoso", {kSeattle}, 1);
  by_area_code.mutable_area()->clear_city();
  by_area_code.mutable_area()->set_area_code("206");
  const auto reservation = story.When(by_area_code, kDecide).ThenReplied<Reservation>();
  const auto acquired =
      story.When(testing::Acquire(reservation), kDecide).ThenReplied<AcquireNumbersResponse>();
  EXPECT_EQ(acquired.numbers(0).area().city(), "Seattle");
}

// Shows 3.5/at-acquisition.
// Numbers of London come with an address.
TEST(AcquireNumbers, NeedsAValidatedAddressWhereNumbersComeWithOne) {
  Story story;
  auto london = testing::StockLoaded("+442079460100", "+442079460109");
  london.mutable_area()->set_country("GB");
  london.mutable_area()->set_city("London");
  story.Given(testing::LicensesAssigned("MCOPSTN1", 50),
              AddressIn("GB", emergency::v1::Address::VALIDATED));
  story.GivenFor("numberBlocks/44207946", london);
  auto reserve = testing::Reserve("contoso", {44207946}, 2);
  reserve.mutable_area()->set_country("GB");
  const auto reservation = story.When(reserve, kDecide).ThenReplied<Reservation>();
  auto acquire = testing::Acquire(reservation);
  story.When(acquire, kDecide).ThenRefused(NUMBER_LOCATION_MISSING, {{"country", "GB"}});
  acquire.set_location("organizations/contoso/addresses/a1/locations/attic");
  story.When(acquire, kDecide).ThenRefused(emergency::v1::LOCATION_NOT_FOUND);
  acquire.set_location(kOffice);
  const auto acquired = story.When(acquire, kDecide).ThenReplied<AcquireNumbersResponse>();
  EXPECT_EQ(acquired.numbers(0).location(), kOffice);
}

}  // namespace
}  // namespace dialtone::inventory
