// The losing carrier's time to answer, in business days, and when the numbers will move: domain.md
// 4.4.
#include <gtest/gtest.h>

#include "controlplane/domain/porting/evolve.h"
#include "tests/support/ports.h"

namespace dialtone::porting {
namespace {

using testing::Of;
using testing::PortIn;
using testing::Story;

const std::vector<std::string> kOne = {"+12065550100"};

Timestamp StartOf(std::string_view day) { return policy::StartOf(*policy::ParseDay(day)); }

// Accepted on Saturday, 1 December 2018: the answer is due on Friday the 7th.
class PortClock : public ::testing::Test {
 protected:
  PortClock() {
    const auto submitted = testing::Submitted(story_, PortIn(kOne));
    order_ = story_.When(testing::Accept(submitted), kDecide).ThenReplied<PortOrder>();
  }
  PortOrder Now() const { return *story_.organization().porting.orders.Find(order_.name()); }

  Story story_;
  PortOrder order_;
};

TEST_F(PortClock, EscalatesOnceWhenTheDayOfTheAnswerIsOver) {
  EXPECT_EQ(FromProto(order_.escalate_time()), StartOf("2018-12-08"));
  story_.Wait(StartOf("2018-12-08") - story_.now() - Duration::Seconds(1));
  EXPECT_FALSE(Now().has_overdue_time());
  story_.Wait(Duration::Seconds(1));
  EXPECT_EQ(story_.Count<PortEscalated>(), 1);
  EXPECT_EQ(FromProto(Now().overdue_time()), StartOf("2018-12-08"));
  EXPECT_EQ(Now().state(), PortOrder::CONTACTING_CARRIER);
  EXPECT_EQ(Now().numbers_size(), 1);
  story_.Wait(Duration::Days(30));
  EXPECT_EQ(story_.Count<PortEscalated>(), 0);
}

TEST_F(PortClock, TakesALateAnswerToTheOrderAsItWas) {
  story_.Wait(Duration::Days(9));
  ASSERT_TRUE(Now().has_overdue_time());
  const auto late = story_.When(testing::Confirm(order_, story_.now() + Duration::Days(9)), kDecide)
                        .ThenReplied<PortOrder>();
  EXPECT_FALSE(late.has_overdue_time());
  EXPECT_TRUE(late.answer_due_date().empty());
}

TEST_F(PortClock, StopsWithAnAnswer) {
  const auto rejected =
      story_.When(testing::Reject(order_, WRONG_PIN), kDecide).ThenReplied<PortOrder>();
  EXPECT_FALSE(rejected.has_escalate_time());
  EXPECT_TRUE(rejected.forecast_date().empty());
  story_.Wait(Duration::Days(9));
  EXPECT_EQ(story_.Count<PortEscalated>(), 0);
}

TEST_F(PortClock, StopsWhenTheOrderIsCancelled) {
  story_.When(Of<CancelPortOrderRequest>(order_), kDecide).ThenOk();
  story_.Wait(Duration::Days(9));
  EXPECT_EQ(story_.Count<PortEscalated>(), 0);
  EXPECT_FALSE(story_.organization().porting.deadlines.First().has_value());
}

TEST_F(PortClock, RunsAgainWhenAnotherDayIsAskedFor) {
  story_.When(testing::Confirm(order_, story_.now() + Duration::Days(20)), kDecide).ThenOk();
  auto later = Of<UpdatePortOrderRequest>(order_);
  later.set_requested_date("2018-12-27");
  EXPECT_EQ(story_.When(later, kDecide).ThenReplied<PortOrder>().forecast_date(), "2018-12-21")
      << "the commitment holds";
  story_.Wait(Duration::Days(9));
  EXPECT_EQ(story_.Count<PortEscalated>(), 1);
  EXPECT_EQ(Now().state(), PortOrder::TRANSFER_APPROVED);
  story_.Wait(Duration::Days(10));
  EXPECT_EQ(Now().state(), PortOrder::TRANSFER_PENDING);
  EXPECT_FALSE(Now().has_overdue_time());
}

TEST_F(PortClock, IsFoundAgainInTheRows) {
  State state;
  PortingEvent event;
  *event.mutable_port_order_accepted()->mutable_port_order() = order_;
  Evolve(state, event, {});
  state.Derive();
  ASSERT_TRUE(state.deadlines.First().has_value());
  EXPECT_EQ(state.deadlines.First()->at, StartOf("2018-12-08"));
  EXPECT_EQ(std::get<EscalateOrder>(Due(state)).port_order(), order_.name());
}

TEST(PortForecast, IsTheLaterOfTheDaysOfTheWishAndOfTheAnswerUntilADayIsFirm) {
  Story story;
  auto request = PortIn(kOne);
  EXPECT_EQ(testing::Submitted(story, request).forecast_date(), "2018-12-07");
  request = PortIn({"+12065550101"}, "2");
  request.set_requested_date("2018-12-14");
  const auto submitted = testing::Submitted(story, request);
  EXPECT_EQ(submitted.forecast_date(), "2018-12-14");
  story.Wait(Duration::Days(8));
  const auto accepted = story.When(testing::Accept(submitted), kDecide).ThenReplied<PortOrder>();
  EXPECT_EQ(accepted.forecast_date(), "2018-12-14");
  const auto firm = story.When(testing::Confirm(accepted, StartOf("2018-12-18")), kDecide)
                        .ThenReplied<PortOrder>();
  EXPECT_EQ(firm.forecast_date(), "2018-12-18");
}

TEST(PortForecast, IsMadeAnewWhenAnOrdersTurnComes) {
  Story story;
  const auto first = testing::Submitted(story, PortIn(kOne));
  auto request = PortIn({"+12065550101"});
  request.set_requested_date("2018-12-17");
  const auto waiting = testing::Submitted(story, request);
  EXPECT_EQ(waiting.forecast_date(), "2018-12-17");
  story.Wait(Duration::Days(9));
  story.When(Of<CancelPortOrderRequest>(first), kDecide).ThenOk();
  const auto& order = *story.organization().porting.orders.Find(waiting.name());
  EXPECT_EQ(order.state(), PortOrder::PROCESSING);
  EXPECT_EQ(order.forecast_date(), "2018-12-17");
}

}  // namespace
}  // namespace dialtone::porting
