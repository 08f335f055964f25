#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/kernel/decision.h"
#include "dialtone/inventory/v1/inventory_event.pb.h"
#include "projections/inventory/inventory_projection.h"
#include "projections/inventory/porting_queries.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using namespace porting::v1;
using ::testing::ElementsAre;

const std::string kContoso = "organizations/contoso";
const std::string kOrder = kContoso + "/portOrders/p1";
const std::vector<std::string> kNumbers = {"+12065550100", "+12065550101"};

PortOrder OrderIn(PortOrder::State state, const std::string& etag = "e1",
                  const std::string& name = kOrder) {
  PortOrder order;
  order.set_name(name);
  order.set_state(state);
  order.set_etag(etag);
  for (const std::string& e164 : kNumbers) {
    order.add_numbers()->set_e164(e164);
    order.mutable_numbers(order.numbers_size() - 1)->set_state(PortNumber::WAITING);
  }
  return order;
}

template <class E>
E With(const PortOrder& order) {
  E event;
  *event.mutable_port_order() = order;
  return event;
}

// The inventory view, told event by event.
class PortingView : public ::testing::Test {
 protected:
  template <class E>
  void Tell(E event, const std::string& organization = kContoso) {
    ledger::v1::Outcome outcome;
    outcome.set_aggregate(organization);
    *outcome.add_events() = ToEvent(std::move(event));
    ++index_;
    const Moment at{{0, index_}, Timestamp::Micros(static_cast<std::int64_t>(index_) * 1'000'000)};
    EXPECT_EQ(view_.Project(outcome, at), std::nullopt);
  }
  void TellUntilSubmitted() {
    Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT)));
    Tell(With<PortHoldRequested>(OrderIn(PortOrder::SUBMITTING)));
    Tell(With<PortOrderSubmitted>(OrderIn(PortOrder::PROCESSING, "e2")));
  }
  PortOrder Get() const {
    GetPortOrderRequest request;
    request.set_name(kOrder);
    PortOrder order;
    EXPECT_TRUE(queries_.GetPortOrder(view_.TakeSnapshot(), request, order));
    return order;
  }
  std::vector<std::string> Timeline() const {
    ListPortTransitionsRequest request;
    request.set_name(kOrder);
    ListPortTransitionsResponse response;
    EXPECT_TRUE(queries_.ListPortTransitions(view_.TakeSnapshot(), request, response));
    std::vector<std::string> told;
    for (const PortTransition& transition : response.transitions()) {
      told.push_back(transition.event() + " " + PortOrder::State_Name(transition.state()) + " " +
                     std::to_string(transition.time().seconds()));
    }
    return told;
  }
  std::set<std::string> Taken(const std::string& organization = kContoso) const {
    CheckPortabilityRequest request;
    request.set_parent(organization);
    for (const std::string& number : kNumbers) request.add_numbers(number);
    return queries_.Taken(view_.TakeSnapshot(), request);
  }

  PortingQueries::OrderWatch Watch(const std::string& resume_token = "") const {
    WatchOrdersRequest request;
    request.set_resume_token(resume_token);
    return *queries_.WatchOrders(request, [](PortOrder order) { return order; });
  }
  // What the watch tells now: ids, until there are no more.
  std::vector<std::string> Told(PortingQueries::OrderWatch& watch) const {
    std::vector<std::string> told;
    WatchOrdersResponse item;
    while (*watch.Next(view_.TakeSnapshot(), item))
      told.push_back(item.port_order().name().substr((kContoso + "/portOrders/").size()));
    return told;
  }

  const InventoryProjection projection_{};
  MemoryView view_{projection_};
  const PortingQueries queries_{nullptr, {2, 10}};

 private:
  std::uint64_t index_ = 0;
};

TEST_F(PortingView, KeepsTheNumbersThatAnEventLeavesOut) {
  Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT)));
  Tell(With<PortHoldRequested>(OrderIn(PortOrder::SUBMITTING)));
  PortOrder bare = OrderIn(PortOrder::PROCESSING, "e2");
  bare.clear_numbers();
  Tell(With<PortOrderSubmitted>(bare));
  EXPECT_EQ(Get().state(), PortOrder::PROCESSING);
  EXPECT_EQ(Get().numbers_size(), 2);
  EXPECT_EQ(Taken().size(), 2U);
}

TEST_F(PortingView, TellsTheWayOfAnOrderStepByStep) {
  TellUntilSubmitted();
  ListPortTransitionsRequest request;
  request.set_page_size(10);
  request.set_name(kOrder);
  ListPortTransitionsResponse response;
  ASSERT_TRUE(queries_.ListPortTransitions(view_.TakeSnapshot(), request, response));
  EXPECT_EQ(response.transitions_size(), 3);
  EXPECT_THAT(Timeline(), ElementsAre("PortOrderCreated DRAFT 1", "PortHoldRequested SUBMITTING 2"))
      << "a page of two";
}

TEST_F(PortingView, SettlesEachNumberWithItsResult) {
  TellUntilSubmitted();
  NumberTransferFailed failed;
  failed.set_port_order(kOrder);
  failed.set_e164(kNumbers[1]);
  failed.set_rejection(NUMBER_INACTIVE);
  failed.set_state(PortOrder::TRANSFER_PENDING);
  Tell(failed);
  NumberTransferred transferred;
  transferred.set_port_order(kOrder);
  transferred.set_e164(kNumbers[0]);
  transferred.set_state(PortOrder::COMPLETED);
  transferred.set_etag("e9");
  Tell(transferred);
  const PortOrder order = Get();
  EXPECT_EQ(order.etag(), "e9");
  EXPECT_EQ(order.state(), PortOrder::COMPLETED);
  EXPECT_EQ(order.numbers(0).state(), PortNumber::TRANSFERRED);
  EXPECT_EQ(order.numbers(1).rejection(), NUMBER_INACTIVE);
  EXPECT_EQ(order.rejection(), PORT_REJECTION_UNSPECIFIED);
}

TEST_F(PortingView, KnowsWhichNumbersAreTaken) {
  EXPECT_THAT(Taken(), ElementsAre());
  TellUntilSubmitted();
  EXPECT_THAT(Taken(), ElementsAre(kNumbers[0], kNumbers[1]));
  EXPECT_THAT(Taken("organizations/fabrikam"), ElementsAre());
  auto cancelled = With<PortOrderCancelled>(OrderIn(PortOrder::CANCELLED));
  for (const std::string& number : kNumbers) cancelled.add_returned(number);
  Tell(cancelled);
  EXPECT_THAT(Taken(), ElementsAre());
  inventory::v1::NumbersPortedIn ported;
  ported.add_numbers()->set_e164(kNumbers[0]);
  Tell(ported);
  EXPECT_THAT(Taken(), ElementsAre(kNumbers[0]));
}

TEST_F(PortingView, ListsOrdersOfOneOrganizationByState) {
  TellUntilSubmitted();
  Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT, "e1", kContoso + "/portOrders/p2")));
  const std::string fabrikam = "organizations/fabrikam";
  Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT, "e1", fabrikam + "/portOrders/p3")),
       fabrikam);
  ListPortOrdersRequest request;
  request.set_parent(kContoso);
  ListPortOrdersResponse all;
  ASSERT_TRUE(queries_.ListPortOrders(view_.TakeSnapshot(), request, all));
  EXPECT_EQ(all.port_orders_size(), 2);
  request.set_state(PortOrder::PROCESSING);
  ListPortOrdersResponse processing;
  ASSERT_TRUE(queries_.ListPortOrders(view_.TakeSnapshot(), request, processing));
  ASSERT_EQ(processing.port_orders_size(), 1);
  EXPECT_EQ(processing.port_orders(0).name(), kOrder);
}

TEST_F(PortingView, CountsEachOrderInTheStateThatItIsIn) {
  TellUntilSubmitted();
  Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT, "e1", kContoso + "/portOrders/p2")));
  auto counts = PortOrdersByState(view_.TakeSnapshot());
  EXPECT_EQ(counts[PortOrder::PROCESSING], 1U);
  EXPECT_EQ(counts[PortOrder::DRAFT], 1U);
  EXPECT_EQ(counts[PortOrder::SUBMITTING], 0U);
}

PortOrder InLine(const char* id, PortOrder::State state, std::uint64_t ticket) {
  PortOrder order = OrderIn(state, "e1", kContoso + "/portOrders/" + id);
  order.mutable_losing_account()->mutable_facts()->set_account_key("4711");
  order.set_queue_ticket(ticket);
  return order;
}

TEST_F(PortingView, TellsWhereAQueuedOrderStandsAsTheLineMovesOn) {
  Tell(With<PortOrderSubmitted>(InLine("p9", PortOrder::PROCESSING, 1)));
  Tell(With<PortOrderQueued>(InLine("p2", PortOrder::QUEUED, 2)));
  Tell(With<PortOrderQueued>(InLine("p1", PortOrder::QUEUED, 3)));
  EXPECT_EQ(Get().queue_position(), 2U);
  EXPECT_EQ(Get().order_ahead(), kContoso + "/portOrders/p2");
  Tell(With<PortOrderCancelled>(InLine("p2", PortOrder::CANCELLED, 2)));
  EXPECT_EQ(Get().queue_position(), 1U);
  EXPECT_EQ(Get().order_ahead(), kContoso + "/portOrders/p9");
  Tell(With<PortOrderRejected>(InLine("p9", PortOrder::ERROR, 1)));
  Tell(With<PortHoldRequested>(InLine("p1", PortOrder::SUBMITTING, 3)));
  EXPECT_EQ(Get().queue_position(), 0U);
  Tell(With<PortOrderQueued>(InLine("p9", PortOrder::QUEUED, 4)));
  ListPortOrdersRequest request;
  request.set_parent(kContoso);
  request.set_state(PortOrder::QUEUED);
  ListPortOrdersResponse queued;
  ASSERT_TRUE(queries_.ListPortOrders(view_.TakeSnapshot(), request, queued));
  ASSERT_EQ(queued.port_orders_size(), 1);
  EXPECT_EQ(queued.port_orders(0).order_ahead(), kOrder);
}

TEST_F(PortingView, TellsTheServiceDeskOfManualOrdersOnly) {
  Tell(With<PortOrderSubmitted>(OrderIn(PortOrder::PROCESSING)));
  PortOrder manual = OrderIn(PortOrder::PROCESSING, "e1", kContoso + "/portOrders/p2");
  manual.set_handling(MANUAL);
  Tell(With<PortOrderSubmitted>(manual));
  WatchOrdersRequest request;
  request.set_handling(MANUAL);
  auto watch = *queries_.WatchOrders(request, [](PortOrder order) { return order; });
  EXPECT_THAT(Told(watch), ElementsAre("p2"));
}

// As the domain does it, in short.
PortProject ShowProject(PortProject project, const std::vector<PortOrder>& orders) {
  for (const PortOrder& order : orders) {
    auto& count = *project.add_order_counts();
    count.set_state(order.state());
  }
  return project;
}

TEST_F(PortingView, ShowsAProjectByWhatItsOrdersAreNow) {
  PortProjectCreated created;
  created.mutable_project()->set_name(kContoso + "/portProjects/pp1");
  created.mutable_project()->add_port_orders(kOrder);
  *created.add_port_orders() = OrderIn(PortOrder::DRAFT);
  created.mutable_port_orders(0)->set_project(created.project().name());
  Tell(created);
  Tell(With<PortOrderCreated>(OrderIn(PortOrder::DRAFT, "e1", kContoso + "/portOrders/p2")));
  ListPortOrdersRequest of_project;
  of_project.set_parent(kContoso);
  of_project.set_project(created.project().name());
  ListPortOrdersResponse orders;
  ASSERT_TRUE(queries_.ListPortOrders(view_.TakeSnapshot(), of_project, orders));
  ASSERT_EQ(orders.port_orders_size(), 1);
  EXPECT_EQ(orders.port_orders(0).name(), kOrder);

  PortOrder order = created.port_orders(0);
  order.set_state(PortOrder::PROCESSING);
  Tell(With<PortOrderSubmitted>(order));
  GetPortProjectRequest get;
  get.set_name(created.project().name());
  PortProject project;
  ASSERT_TRUE(queries_.GetPortProject(view_.TakeSnapshot(), get, ShowProject, project));
  EXPECT_EQ(project.order_counts(0).state(), PortOrder::PROCESSING);
  ListPortProjectsRequest list;
  list.set_parent(kContoso);
  ListPortProjectsResponse listed;
  ASSERT_TRUE(queries_.ListPortProjects(view_.TakeSnapshot(), list, ShowProject, listed));
  ASSERT_EQ(listed.port_projects_size(), 1);
  EXPECT_EQ(listed.port_projects(0).order_counts(0).state(), PortOrder::PROCESSING);
  WatchOrdersRequest watched;
  watched.set_project(kContoso + "/portProjects/pp2");
  auto watch = *queries_.WatchOrders(watched, [](PortOrder shown) { return shown; });
  EXPECT_THAT(Told(watch), ElementsAre());
  get.set_name(kContoso + "/portProjects/none");
  EXPECT_FALSE(queries_.GetPortProject(view_.TakeSnapshot(), get, ShowProject, project));
}

TEST_F(PortingView, ListsPortOutsAndTellsTheGatewayUntilTheirEnd) {
  WatchPortOutsRequest watched;
  auto watch = *queries_.WatchPortOuts(watched, [](PortOutRequest shown) { return shown; });
  const auto told = [&] {
    std::vector<PortOutRequest::State> states;
    WatchPortOutsResponse item;
    while (*watch.Next(view_.TakeSnapshot(), item)) states.push_back(item.port_out().state());
    return states;
  };
  PortOutRequested requested;
  requested.mutable_port_out()->set_name(kContoso + "/portOutRequests/out1");
  requested.mutable_port_out()->set_state(PortOutRequest::REQUESTED);
  Tell(requested);
  EXPECT_THAT(told(), ElementsAre(PortOutRequest::REQUESTED));
  PortOutReleased released;
  *released.mutable_port_out() = requested.port_out();
  released.mutable_port_out()->set_state(PortOutRequest::RELEASED);
  Tell(released);
  EXPECT_THAT(told(), ElementsAre(PortOutRequest::RELEASED));
  GetPortOutRequestRequest get;
  get.set_name(requested.port_out().name());
  PortOutRequest found;
  ASSERT_TRUE(queries_.GetPortOutRequest(view_.TakeSnapshot(), get, found));
  EXPECT_EQ(found.state(), PortOutRequest::RELEASED);
  PortOutCompleted completed;
  *completed.mutable_port_out() = released.port_out();
  completed.mutable_port_out()->set_state(PortOutRequest::COMPLETED);
  Tell(completed);
  EXPECT_THAT(told(), ElementsAre());

  ListPortOutRequestsRequest list;
  list.set_parent(kContoso);
  list.set_state(PortOutRequest::COMPLETED);
  ListPortOutRequestsResponse listed;
  ASSERT_TRUE(queries_.ListPortOutRequests(view_.TakeSnapshot(), list, listed));
  EXPECT_EQ(listed.port_out_requests_size(), 1);
  get.set_name(kContoso + "/portOutRequests/none");
  EXPECT_FALSE(queries_.GetPortOutRequest(view_.TakeSnapshot(), get, found));
}

TEST_F(PortingView, DoesNotFindAnOrderOfNobody) {
  GetPortOrderRequest request;
  request.set_name(kOrder);
  PortOrder order;
  const auto found = queries_.GetPortOrder(view_.TakeSnapshot(), request, order);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().kind, QueryError::Kind::kNotFound);
}

TEST_F(PortingView, TellsTheCarrierOfEachOrderAndAgainWhenItHasChanged) {
  auto watch = Watch();
  TellUntilSubmitted();
  EXPECT_THAT(Told(watch), ElementsAre("p1"));
  EXPECT_THAT(Told(watch), ElementsAre());
  Tell(With<PortOrderAccepted>(OrderIn(PortOrder::CONTACTING_CARRIER)));
  EXPECT_THAT(Told(watch), ElementsAre("p1"));
  Tell(With<PortOrderRejected>(OrderIn(PortOrder::ERROR)));
  EXPECT_THAT(Told(watch), ElementsAre());
  auto later = Watch();
  EXPECT_THAT(Told(later), ElementsAre()) << "it is not the carrier's any more";
}

TEST_F(PortingView, GoesOnTellingTheCarrierWhereAnEarlierWatchEnded) {
  for (const char* const id : {"p1", "p2", "p3"})
    Tell(With<PortOrderSubmitted>(
        OrderIn(PortOrder::PROCESSING, "e1", kContoso + "/portOrders/" + id)));
  auto watch = Watch();
  WatchOrdersResponse item;
  ASSERT_TRUE(*watch.Next(view_.TakeSnapshot(), item));
  auto resumed = Watch(item.resume_token());
  EXPECT_THAT(Told(resumed), ElementsAre("p2", "p3"));
  auto again = Watch(resumed.Resume());
  EXPECT_THAT(Told(again), ElementsAre());
}

}  // namespace
}  // namespace dialtone::projections
