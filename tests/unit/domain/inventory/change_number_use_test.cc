#include <gtest/gtest.h>

#include "controlplane/domain/inventory/rules.h"
#include "dialtone/porting/v1/porting_event.pb.h"
#include "tests/support/policies.h"
#include "tests/unit/domain/inventory/people.h"

namespace dialtone::inventory {
namespace {

using testing::Story;

// The order that numbers of `Ported` came with.
porting::v1::PortOrderAccepted OrderIs(porting::v1::PortOrder::State state) {
  porting::v1::PortOrderAccepted event;
  event.mutable_port_order()->set_name("organizations/contoso/portOrders/p1");
  event.mutable_port_order()->set_state(state);
  return event;
}

// One number of Seattle, and a quota of five for service numbers.
Number OneNumber(Story& story) {
  Prepare(story);
  story.Given(testing::LicensesAssigned("MCOEV", 10));
  return AcquiredBy(story, "contoso", 1).numbers(0);
}

// Shows 3.6/use.
TEST(ChangeNumberUse, MakesAServiceNumberOfAUsersAndBack) {
  Story story;
  const Number number = OneNumber(story);
  const State& state = story.organization().inventory;
  EXPECT_EQ(story.When(ChangeUse(number, TOLL), kDecide).ThenReplied<Number>().type(), TOLL);
  EXPECT_EQ(NumbersCounted(state, SUBSCRIBER), 0U);
  EXPECT_EQ(NumbersCounted(state, TOLL), 1U);
  story.When(Assign(number, kAnn), kDecide).ThenRefused(NUMBER_NOT_FOR_USERS);
  story.When(ChangeUse(number, SUBSCRIBER), kDecide).ThenOk();
  EXPECT_EQ(NumbersCounted(state, SUBSCRIBER), 1U);
  EXPECT_EQ(NumbersCounted(state, TOLL), 0U);
  story.When(Assign(number, kAnn), kDecide).ThenOk();
}

TEST(ChangeNumberUse, RestsAsWhatItIsNow) {
  Story story;
  const Number number = OneNumber(story);
  story.When(ChangeUse(number, TOLL), kDecide).ThenOk();
  story.When(GiveBack({number.e164()}), kDecide).ThenOk();
  story.When(Naming<RestoreNumbersRequest>({number.e164()}), kDecide).ThenOk();
  EXPECT_EQ(NumbersCounted(story.organization().inventory, TOLL), 1U);
}

// Shows 3.6/use.
TEST(ChangeNumberUse, IsRefusedForTollFreeOnesAlways) {
  Story story;
  const Number number = OneNumber(story);
  const auto free = Ported(story, "+18005550100", TOLL_FREE);
  story.Given(free);
  story.When(ChangeUse(number, TOLL_FREE), kDecide)
      .ThenRefused(NUMBER_USE_FIXED, {{"type", "SUBSCRIBER"}, {"asked", "TOLL_FREE"}});
  for (const NumberType type : {SUBSCRIBER, TOLL, TOLL_FREE}) {
    story.When(ChangeUse(free.numbers(0), type), kDecide)
        .ThenRefused(NUMBER_USE_FIXED, {{"type", "TOLL_FREE"}});
  }
}

TEST(ChangeNumberUse, IsRefusedForTheUseThatItHas) {
  Story story;
  const Number number = OneNumber(story);
  story.When(ChangeUse(number, SUBSCRIBER), kDecide)
      .ThenRefused(NUMBER_USE_UNCHANGED, {{"type", "SUBSCRIBER"}});
}

TEST(ChangeNumberUse, IsRefusedWhereNoneAreSold) {
  Story story;
  Prepare(story);
  const auto there = Ported(story, "+85021234567");
  story.Given(there)
      .When(ChangeUse(there.numbers(0), TOLL), kDecide)
      .ThenRefused(NUMBERS_NOT_SOLD, {{"type", "TOLL"}, {"country", "KP"}});
}

TEST(ChangeNumberUse, IsRefusedBeyondTheQuotaOfTheNewUse) {
  Story story;
  OneNumber(story);
  const auto more = AcquiredBy(story, "contoso", 5);
  for (const Number& number : more.numbers()) story.When(ChangeUse(number, TOLL), kDecide).ThenOk();
  const auto last = AcquiredBy(story, "contoso", 1).numbers(0);
  story.When(ChangeUse(last, TOLL), kDecide)
      .ThenRefused(QUOTA_EXCEEDED, {{"quota", "5"}, {"held", "5"}, {"asked", "1"}});
  const auto ported = Ported(story, "+14255550100");
  story.Given(ported).When(ChangeUse(ported.numbers(0), TOLL), kDecide).ThenOk();
  EXPECT_EQ(NumbersCounted(story.organization().inventory, TOLL), 5U) << "ported: of no quota";
}

TEST(ChangeNumberUse, IsRefusedWhileSomebodyHasIt) {
  Story story;
  const Number number = OneNumber(story);
  story.When(Assign(number, kAnn), kDecide)
      .ThenOk()
      .When(ChangeUse(number, TOLL), kDecide)
      .ThenRefused(NUMBER_IN_USE, {{"assignee", kAnn}});
}

TEST(ChangeNumberUse, WaitsForTheEndOfThePortOrder) {
  Story story;
  OneNumber(story);
  const auto ported = Ported(story, "+14255550100");
  story.Given(ported, OrderIs(porting::v1::PortOrder::TRANSFER_PENDING))
      .When(ChangeUse(ported.numbers(0), TOLL), kDecide)
      .ThenRefused(NUMBER_PORT_UNDER_WAY, {{"number", "+14255550100"},
                                           {"port_order", "organizations/contoso/portOrders/p1"}});
  story.Given(OrderIs(porting::v1::PortOrder::COMPLETED))
      .When(ChangeUse(ported.numbers(0), TOLL), kDecide)
      .ThenOk();
}

TEST(ChangeNumberUse, IsRefusedForANumberThatIsNotHeld) {
  Story story;
  Number other = OneNumber(story);
  other.set_name("organizations/contoso/numbers/12065550109");
  story.When(ChangeUse(other, TOLL), kDecide).ThenRefused(NUMBER_NOT_HELD);
}

}  // namespace
}  // namespace dialtone::inventory
