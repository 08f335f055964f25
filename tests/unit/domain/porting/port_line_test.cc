// The orders of one losing account stand in line: one is with the carrier, the others go on by
// themselves, one after the other.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/organizations/decide.h"
#include "controlplane/domain/porting/evolve.h"
#include "tests/support/numbers.h"
#include "tests/support/policies.h"
#include "tests/support/ports.h"

namespace dialtone::porting {
namespace {

using testing::Drafted;
using ::testing::ElementsAre;
using testing::Of;
using testing::PortIn;
using testing::Story;
using testing::Submit;
using testing::Submitted;

PortOrder Now(const Story& story, const PortOrder& order) {
  return *story.organization().porting.orders.Find(order.name());
}

void Cancel(Story& story, const PortOrder& order) {
  story.When(Of<CancelPortOrderRequest>(order), kDecide).ThenOk();
}

// Of one account, in the order of their submissions; the first is with the carrier.
class PortLine : public ::testing::Test {
 protected:
  PortOrder Next(std::string_view number, std::string_view account = "47-11") {
    auto request = PortIn({std::string(number)}, account);
    request.set_requested_date("2018-12-11");
    return Submitted(story_, request);
  }

  Story story_;
};

// Shows 4.1/line.
TEST_F(PortLine, HasAPlaceForASecondOrderOfTheAccount) {
  const auto first = Next("+12065550100", "47-11");
  const auto second = Next("+12065550105", "47 11");
  EXPECT_EQ(second.state(), PortOrder::QUEUED);
  EXPECT_EQ(second.queue_position(), 1U);
  EXPECT_EQ(second.order_ahead(), first.name());
  EXPECT_EQ(FromProto(second.queue_time()), story_.now());
  EXPECT_THAT(second.allowed_actions(), ElementsAre(EDIT_DATE, CANCEL));
  EXPECT_EQ(story_.Count<PortOrderQueued>(), 1);
  EXPECT_FALSE(story_.block(1206555).stock.holders.Has(105)) << "nothing is put aside for it";
  const auto third = Next("+12065550106");
  EXPECT_EQ(third.queue_position(), 2U);
  EXPECT_EQ(third.order_ahead(), second.name());
}

TEST_F(PortLine, IsOfOneAccount) {
  Next("+12065550100");
  EXPECT_EQ(Next("+12065550105", "4712").state(), PortOrder::PROCESSING);
}

TEST_F(PortLine, MovesOnWhenTheFirstOrderIsCancelledRejectedOrDone) {
  const auto first = Next("+12065550100");
  const auto second = Next("+12065550101");
  const auto third = Next("+12065550102");
  const auto fourth = Next("+12065550103");
  Cancel(story_, first);
  ASSERT_EQ(Now(story_, second).state(), PortOrder::PROCESSING);
  EXPECT_TRUE(story_.block(1206555).stock.holders.Has(101));
  EXPECT_EQ(Now(story_, third).state(), PortOrder::QUEUED);

  const auto accepted =
      story_.When(testing::Accept(Now(story_, second)), kDecide).ThenReplied<PortOrder>();
  story_.When(testing::Reject(accepted, WRONG_PIN), kDecide).ThenOk();
  ASSERT_EQ(Now(story_, third).state(), PortOrder::PROCESSING);

  const auto asked =
      story_.When(testing::Accept(Now(story_, third)), kDecide).ThenReplied<PortOrder>();
  story_.When(testing::Confirm(asked, story_.now() + Duration::Hours(25)), kDecide).ThenOk();
  story_.Wait(Duration::Hours(2));
  story_.When(testing::Complete(asked, "+12065550102"), kDecide).ThenOk();
  EXPECT_EQ(Now(story_, third).state(), PortOrder::COMPLETED);
  EXPECT_EQ(Now(story_, fourth).state(), PortOrder::PROCESSING);
}

TEST_F(PortLine, IsJoinedAtItsEndByAnOrderThatIsSubmittedOnceMore) {
  const auto first = Next("+12065550100");
  const auto second = Next("+12065550101");
  const auto third = Next("+12065550102");
  const auto accepted = story_.When(testing::Accept(first), kDecide).ThenReplied<PortOrder>();
  story_.When(testing::Reject(accepted, WRONG_PIN), kDecide).ThenOk();
  const auto again =
      story_.When(Of<ResubmitPortOrderRequest>(first), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(again.state(), PortOrder::QUEUED);
  EXPECT_EQ(again.rejection(), PORT_REJECTION_UNSPECIFIED);
  EXPECT_EQ(again.order_ahead(), third.name());
  Cancel(story_, second);
  EXPECT_EQ(Now(story_, third).state(), PortOrder::PROCESSING);
}

TEST_F(PortLine, IsLeftByAnOrderThatIsCancelled) {
  const auto first = Next("+12065550100");
  const auto second = Next("+12065550101");
  const auto third = Next("+12065550102");
  Cancel(story_, second);
  EXPECT_EQ(Now(story_, second).state(), PortOrder::CANCELLED);
  Cancel(story_, first);
  EXPECT_EQ(Now(story_, third).state(), PortOrder::PROCESSING);
  EXPECT_EQ(Now(story_, second).state(), PortOrder::CANCELLED);
}

TEST_F(PortLine, MovesTheDayOnWhenItIsPastByThen) {
  const auto first = Next("+12065550100");
  const auto late = Next("+12065550101");
  story_.Wait(Duration::Days(7));
  Cancel(story_, first);
  EXPECT_EQ(story_.Count<PortOrderSetBack>(), 0);
  EXPECT_EQ(Now(story_, late).state(), PortOrder::PROCESSING);
  EXPECT_EQ(Now(story_, late).requested_date(), "2018-12-14") << "five business days from then";
}

TEST_F(PortLine, KeepsTheDayThatCanStillBeKeptAndThePlaceOfAnOrderThatMovesIt) {
  const auto first = Next("+12065550100");
  const auto late = Next("+12065550101");
  const auto later = Next("+12065550102");
  auto date = Of<UpdatePortOrderRequest>(later);
  date.set_requested_date("2018-12-20");
  const auto dated = story_.When(date, kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(dated.state(), PortOrder::QUEUED);
  EXPECT_EQ(dated.queue_position(), 2U);
  story_.Wait(Duration::Days(7));
  Cancel(story_, first);
  Cancel(story_, late);
  EXPECT_EQ(Now(story_, later).state(), PortOrder::PROCESSING);
  EXPECT_EQ(Now(story_, later).requested_date(), "2018-12-20");
}

TEST_F(PortLine, TakesADateOnlyIfItCouldStillBeKept) {
  Next("+12065550100");
  const auto waiting = Next("+12065550101");
  auto edit = Of<UpdatePortOrderRequest>(waiting);
  edit.set_requested_date("2018-12-03");
  story_.When(edit, kDecide).ThenRefused(TRANSFER_TOO_SOON);
  edit.set_display_name("Head office");
  story_.When(edit, kDecide).ThenRefused(PORT_ACTION_NOT_ALLOWED, {{"action", "EDIT"}});
}

TEST_F(PortLine, ShowsTheReasonWhenSomebodyElseHasTheNumberByThen) {
  const auto first = Next("+12065550100");
  const auto waiting = Next("+12065550105");
  story_.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"));
  Submitted(story_, PortIn({"+12065550105"}, "1", "fabrikam"));
  Cancel(story_, first);
  const auto set_back = Now(story_, waiting);
  EXPECT_EQ(set_back.state(), PortOrder::ERROR);
  EXPECT_EQ(set_back.setback().reason(), "NUMBER_ALREADY_HELD");
  EXPECT_TRUE(story_.organization().porting.lines.empty());
}

// A node that takes over knows rows only: whose turn has come, it finds in them.
TEST_F(PortLine, IsFoundAgainInTheRows) {
  State state;
  PortOrderQueued queued;
  PortOrder& order = *queued.mutable_port_order();
  order.set_state(PortOrder::QUEUED);
  order.mutable_losing_account()->mutable_facts()->set_account_key("4711");
  PortingEvent event;
  for (const std::uint64_t ticket : {3U, 2U}) {
    order.set_name("p" + std::to_string(ticket));
    order.set_queue_ticket(ticket);
    *order.mutable_queue_time() = ToProto(Timestamp::Micros(static_cast<std::int64_t>(ticket)));
    *event.mutable_port_order_queued() = queued;
    Evolve(state, event, {});
  }
  const auto lines = state.lines;
  EXPECT_EQ(lines.at("4711"), (Line{{2, "p2"}, {3, "p3"}}));
  state.Derive();
  EXPECT_EQ(state.lines, lines);
  ASSERT_TRUE(state.deadlines.First().has_value());
  EXPECT_EQ(state.deadlines.First()->what, "p2");
  EXPECT_EQ(std::get<TakeTurn>(Due(state)).port_order(), "p2");
}

TEST_F(PortLine, EndsSomewhere) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_porting()->set_line_max(2); }));
  const auto first = Submitted(story, PortIn({"+12065550100"}));
  Submitted(story, PortIn({"+12065550101"}));
  const auto third = Drafted(story, PortIn({"+12065550102"}));
  story.When(Submit(third), kDecide).ThenRefused(PORT_LINE_FULL, {{"orders", "2"}, {"max", "2"}});
  Cancel(story, first);
  story.When(Submit(third), kDecide).ThenOk();
}

TEST_F(PortLine, KeepsTheOrganizationFromBeingDeleted) {
  Next("+12065550100");
  Next("+12065550101");
  organizations::DeleteOrganizationRequest request;
  request.set_name("organizations/contoso");
  story_.When(request, organizations::kDecide)
      .ThenRefused(organizations::ORGANIZATION_NOT_EMPTY, {{"port_orders", "2"}});
}

// domain.md 4.1: more than 999 numbers, service numbers, countries without self-service.
class ManualPortOrder : public ::testing::Test {
 protected:
  PortHandling Handling(const CreatePortOrderRequest& request) {
    return Submitted(story_, request).handling();
  }

  Story story_;
};

// Shows 4.1/manual.
TEST_F(ManualPortOrder, IsOfMoreThan999Numbers) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 1'000; ++i) numbers.push_back("+1206555" + std::to_string(1'000 + i));
  auto request = PortIn(numbers, "1");
  request.set_requested_date("2018-12-14");
  const auto order = Submitted(story_, request);
  EXPECT_EQ(order.handling(), MANUAL);
  Cancel(story_, order);
  request.mutable_numbers()->RemoveLast();
  EXPECT_EQ(Handling(request), SELF_SERVICE);
}

// Shows 4.1/manual.
TEST_F(ManualPortOrder, IsOfServiceNumbers) {
  auto request = PortIn({"+18005550199"}, "1");
  request.set_type(TOLL_FREE);
  EXPECT_EQ(Handling(request), MANUAL);
  request = PortIn({"+12065550100"}, "2");
  request.set_type(TOLL);
  EXPECT_EQ(Handling(request), MANUAL);
}

TEST_F(ManualPortOrder, IsOfACountryWithoutSelfService) {
  auto request = PortIn({"+442079460100"});
  request.set_country("GB");
  request.set_requested_date("2018-12-17");
  EXPECT_EQ(Handling(request), MANUAL);
}

TEST_F(ManualPortOrder, HasNoMoreNumbersThanAnEntryHolds) {
  Story story(testing::PolicyWith(
      [](policy::v1::Policy& policy) { policy.mutable_porting()->set_order_numbers_max(1); }));
  const auto order = Drafted(story, PortIn({"+12065550100", "+12065550101"}));
  story.When(Submit(order), kDecide)
      .ThenRefused(PORT_ORDER_TOO_LARGE, {{"numbers", "2"}, {"max", "1"}});
}

TEST_F(ManualPortOrder, IsToldOfBeforehand) {
  CheckPortabilityRequest request;
  request.add_numbers("+18005550199");
  request.add_numbers("+12065550100");
  request.add_numbers("+442079460100");
  const auto checked = Check(request, {}, story_.policy(), story_.now());
  std::map<std::string, PortHandling> told;
  for (const PortGroup& group : checked.groups()) told[group.numbers(0)] = group.handling();
  EXPECT_EQ(told["+18005550199"], MANUAL);
  EXPECT_EQ(told["+12065550100"], SELF_SERVICE);
  EXPECT_EQ(told["+442079460100"], MANUAL);
}

}  // namespace
}  // namespace dialtone::porting
