#include <gtest/gtest.h>

#include <set>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/inventory/rules.h"
#include "controlplane/domain/stock/decide.h"
#include "tests/support/numbers.h"
#include "tests/support/story.h"

namespace dialtone::inventory {
namespace {

using testing::Acquire;
using testing::LicensesAssigned;
using testing::Reserve;
using testing::StockLoaded;
using testing::Story;

TEST(ReserveNumbers, AnswersWithNumbersThatTheBlockHasPicked) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  const auto reservation =
      story.When(Reserve("contoso", {1206555}, 3), kDecide).ThenReplied<Reservation>();
  EXPECT_THAT(reservation.numbers(),
              ::testing::ElementsAre("+12065550100", "+12065550101", "+12065550102"));
  EXPECT_EQ(FromProto(reservation.expire_time()) - story.now(), Duration::Minutes(10));
}

// Shows 2.6/quota.
TEST(ReserveNumbers, IsRefusedBeyondTheQuota) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550199"))
      .When(Reserve("contoso", {1206555}, 64), kDecide)
      .ThenOk()
      .When(Reserve("contoso", {1206555}, 2), kDecide)
      .ThenRefused(QUOTA_EXCEEDED, {{"quota", "65"}, {"held", "64"}, {"asked", "2"}});
}

// Shows 3.2/open-max.
TEST(ReserveNumbers, IsRefusedForTheEleventhOpenReservation) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550199"));
  for (int i = 0; i < 10; ++i) story.When(Reserve("contoso", {1206555}, 1), kDecide).ThenOk();
  story.When(Reserve("contoso", {1206555}, 1), kDecide)
      .ThenRefused(TOO_MANY_RESERVATIONS, {{"open", "10"}, {"max", "10"}});
}

TEST(ReserveNumbers, GoesOnToTheNextBlockForWhatTheFirstDoesNotHave) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550101"))
      .GivenFor("numberBlocks/1425555", StockLoaded("+14255550100", "+14255550109"));
  const auto reservation =
      story.When(Reserve("contoso", {1206555, 1425555}, 4), kDecide).ThenReplied<Reservation>();
  EXPECT_THAT(reservation.numbers(), ::testing::ElementsAre("+12065550100", "+12065550101",
                                                            "+14255550100", "+14255550101"));
}

TEST(ReserveNumbers, GivesBackWhatItFoundWhenThatIsNotEnough) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550101"))
      .When(Reserve("contoso", {1206555}, 3), kDecide)
      .ThenRefused(STOCK_EXHAUSTED, {{"asked", "3"}, {"found", "2"}});
  EXPECT_TRUE(story.block(1206555).stock.holders.empty());
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 0U);
}

// Shows 3.2/one-holder.
TEST(ReserveNumbers, NeverGivesOneNumberToTwo) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  story.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"),
                 LicensesAssigned("MCOPSTN1", 50, "fabrikam"));
  const auto first =
      story.When(Reserve("contoso", {1206555}, 6), kDecide).ThenReplied<Reservation>();
  story.When(Reserve("fabrikam", {1206555}, 6), kDecide)
      .ThenRefused(STOCK_EXHAUSTED, {{"asked", "6"}, {"found", "4"}});
  const auto second =
      story.When(Reserve("fabrikam", {1206555}, 4), kDecide).ThenReplied<Reservation>();
  std::set<std::string> all(first.numbers().begin(), first.numbers().end());
  all.insert(second.numbers().begin(), second.numbers().end());
  EXPECT_EQ(all.size(), 10U);
}

// Shows 3.2/ttl.
TEST(Reservation, ExpiresAfterTenMinutesAndFreesItsNumbers) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550101"))
      .When(Reserve("contoso", {1206555}, 2), kDecide)
      .ThenOk()
      .Wait(Duration::Seconds(599));
  EXPECT_EQ(story.block(1206555).stock.holders.size(), 2U);
  story.Wait(Duration::Seconds(1));
  EXPECT_EQ(story.Count<ReservationEnded>(), 1);
  EXPECT_TRUE(story.block(1206555).stock.holders.empty());
}

TEST(Reservation, ThatIsNotThereIsNotFound) {
  const std::string name = "organizations/contoso/reservations/r-gone";
  Reservation gone;
  gone.set_name(name);
  ExtendReservationRequest extend;
  extend.set_name(name);
  ReleaseReservationRequest release;
  release.set_name(name);
  Story story;
  story.When(testing::Acquire(gone), kDecide)
      .ThenRefused(RESERVATION_NOT_FOUND, {{"reservation", name}})
      .When(extend, kDecide)
      .ThenRefused(RESERVATION_NOT_FOUND)
      .When(release, kDecide)
      .ThenRefused(RESERVATION_NOT_FOUND);
}

TEST(Reservation, IsOverAtItsTimeThoughItsTimerComesLaterInTheSameEntry) {
  for (const int command : {0, 1, 2}) {
    Story story;
    story.Given(LicensesAssigned("MCOPSTN1", 50))
        .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550101"));
    const auto reservation =
        story.When(Reserve("contoso", {1206555}, 1), kDecide).ThenReplied<Reservation>();
    ExtendReservationRequest extend;
    extend.set_name(reservation.name());
    ReleaseReservationRequest release;
    release.set_name(reservation.name());
    story.WaitUnattended(Duration::Minutes(10));
    if (command == 0) story.When(Acquire(reservation), kDecide);
    if (command == 1) story.When(extend, kDecide);
    if (command == 2) story.When(release, kDecide);
    story.ThenRefused(RESERVATION_NOT_FOUND, {{"reservation", reservation.name()}});
    EXPECT_EQ(story.Count<ReservationEnded>(), 1) << "by its timer";
    EXPECT_TRUE(story.block(1206555).stock.holders.empty());
  }
}

// Shows 3.2/extend.
TEST(Reservation, SlidesToTwoHoursAndNoFurther) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550101"));
  const auto reservation =
      story.When(Reserve("contoso", {1206555}, 1), kDecide).ThenReplied<Reservation>();
  ExtendReservationRequest extend;
  extend.set_name(reservation.name());
  for (int minutes = 9; minutes <= 117; minutes += 9)
    story.Wait(Duration::Minutes(9)).When(extend, kDecide).ThenOk();
  story.When(extend, kDecide).ThenRefused(EXTENDED_TOO_LONG, {{"seconds_max", "7200"}});
}

// Shows 3.2/subset.
TEST(AcquireNumbers, TakesSomeAndLeavesTheRestReserved) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  const auto reservation =
      story.When(Reserve("contoso", {1206555}, 3), kDecide).ThenReplied<Reservation>();
  const auto acquired = story.When(Acquire(reservation, {"+12065550101"}), kDecide)
                            .ThenReplied<AcquireNumbersResponse>();
  ASSERT_EQ(acquired.numbers_size(), 1);
  EXPECT_EQ(acquired.numbers(0).name(), "organizations/contoso/numbers/12065550101");
  story.Wait(Duration::Minutes(10));
  EXPECT_EQ(story.block(1206555).stock.holders.size(), 1U) << "only what was acquired is held";
  EXPECT_EQ(NumbersCounted(story.organization().inventory, SUBSCRIBER), 1U);
}

TEST(AcquireNumbers, IsRefusedForANumberThatIsNotReserved) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  const auto reservation =
      story.When(Reserve("contoso", {1206555}, 1), kDecide).ThenReplied<Reservation>();
  story.When(Acquire(reservation, {"+12065550105"}), kDecide)
      .ThenRefused(NUMBER_NOT_RESERVED, {{"number", "+12065550105"}});
}

TEST(ReserveNumbers, AsADryRunShowsEveryRuleAndChangesNothing) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  story.DryRun().When(Reserve("contoso", {1206555}, 3), kDecide);
  EXPECT_EQ(story.trace().size(), 7U);
  EXPECT_TRUE(story.events().empty());
}

TEST(ReserveNumbers, WithTheSameRequestIdIsCountedOnce) {
  Story story;
  story.Given(LicensesAssigned("MCOPSTN1", 50))
      .GivenFor("numberBlocks/1206555", StockLoaded("+12065550100", "+12065550109"));
  const std::string id = testing::RequestIdAt(story.now(), 77);
  const auto first = story.WithRequestId(id)
                         .When(Reserve("contoso", {1206555}, 3), kDecide)
                         .ThenReplied<Reservation>();
  const auto again = story.WithRequestId(id)
                         .When(Reserve("contoso", {1206555}, 3), kDecide)
                         .ThenReplied<Reservation>();
  EXPECT_EQ(first.SerializeAsString(), again.SerializeAsString());
  EXPECT_EQ(story.block(1206555).stock.holders.size(), 3U);
}

}  // namespace
}  // namespace dialtone::inventory
