// Orders that belong together: numbers of several accounts, carriers, countries and types.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/domain/porting/rules_project.h"
#include "tests/support/numbers.h"
#include "tests/support/policies.h"
#include "tests/support/ports.h"
#include "tests/support/precedence.h"

namespace dialtone::porting {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::Of;
using testing::Story;

PortSource From(std::string_view account, const std::vector<std::string>& numbers,
                PortExtent extent = FULL) {
  PortSource source;
  *source.mutable_losing_account() = testing::LosingAccount(account, numbers.front());
  for (const std::string& number : numbers) source.add_numbers(number);
  source.set_extent(extent);
  return source;
}

CreatePortProjectRequest Project(const std::vector<PortSource>& sources) {
  CreatePortProjectRequest request;
  request.set_parent("organizations/contoso");
  request.set_display_name("Head office");
  request.set_requested_date("2018-12-17");
  for (const PortSource& source : sources) *request.add_sources() = source;
  return request;
}

template <class Request>
Request Naming(const PortProject& project) {
  Request request;
  request.set_name(project.name());
  return request;
}

// "US SUBSCRIBER FULL 2"
std::string Told(const PortOrder& order) {
  return order.country() + " " + PortType_Name(order.type()) + " " +
         PortExtent_Name(order.extent()) + " " + std::to_string(order.numbers_size());
}

class PortProjects : public ::testing::Test {
 protected:
  PortProject Created(const std::vector<PortSource>& sources) {
    return story_.When(Project(sources), kDecide).ThenReplied<PortProject>();
  }
  const PortOrder& Order(const PortProject& project, int index) const {
    return *story_.organization().porting.orders.Find(project.port_orders(index));
  }
  std::vector<std::string> Orders(const PortProject& project) const {
    std::vector<std::string> told;
    for (int i = 0; i < project.port_orders_size(); ++i) told.push_back(Told(Order(project, i)));
    return told;
  }
  void SignAll(const PortProject& project) {
    for (int i = 0; i < project.port_orders_size(); ++i)
      story_.When(testing::Sign(Order(project, i)), kDecide).ThenOk();
  }

  Story story_;
};

// Shows 4.2/grouped.
TEST_F(PortProjects, GroupTheirNumbersAsOrdersMustBe) {
  const auto project =
      Created({From("1", {"+12065550100", "+12065550101", "+16045550100", "+18005550199"}),
               From("2", {"+14255550100", "+14255550100"}, PARTIAL)});
  EXPECT_THAT(Orders(project), ElementsAre("CA SUBSCRIBER PARTIAL 1", "US TOLL_FREE PARTIAL 1",
                                           "US SUBSCRIBER PARTIAL 1", "US SUBSCRIBER FULL 2"))
      << "what closes an account comes last";
  EXPECT_EQ(Order(project, 0).project(), project.name());
  EXPECT_EQ(Order(project, 0).display_name(), "Head office");
  EXPECT_EQ(Order(project, 0).requested_date(), "2018-12-17");
  EXPECT_EQ(project.state(), PortProject::DRAFT);
  EXPECT_THAT(project.allowed_actions(), ElementsAre(SUBMIT, CANCEL));
  ASSERT_EQ(project.number_counts_size(), 1);
  EXPECT_EQ(project.number_counts(0).state(), PortNumber::WAITING);
  EXPECT_EQ(project.number_counts(0).numbers(), 5U);
  ASSERT_EQ(project.order_counts_size(), 1);
  EXPECT_EQ(project.order_counts(0).orders(), 4U);
}

TEST_F(PortProjects, SplitWhatIsTooMuchForMachines) {
  std::vector<std::string> numbers;
  for (int i = 0; i < 1'000; ++i) numbers.push_back("+1206555" + std::to_string(1'000 + i));
  EXPECT_THAT(Orders(Created({From("1", numbers)})),
              ElementsAre("US SUBSCRIBER PARTIAL 1", "US SUBSCRIBER FULL 999"));
}

TEST_F(PortProjects, TakeTheTypeThatDigitsDoNotTell) {
  auto mobile = From("1", {"+12065550100"});
  mobile.set_type(MOBILE);
  EXPECT_THAT(Orders(Created({mobile})), ElementsAre("US MOBILE FULL 1"));
}

TEST_F(PortProjects, OfTheLargestSizeFitAnEntryOfTheLedger) {
  std::vector<PortSource> sources;
  std::uint64_t next = 493012345670000;
  for (int account = 0; account < 12; ++account) {
    std::vector<std::string> numbers;
    for (int i = 0; i < 166; ++i) numbers.push_back("+" + std::to_string(next++));
    auto source = From(std::to_string(account), numbers);
    source.mutable_losing_account()->set_carrier(std::string(100, 'c'));
    source.mutable_losing_account()->mutable_sealed()->set_ciphertext(std::string(500, 's'));
    sources.push_back(source);
  }
  const auto project = Created(sources);
  EXPECT_EQ(project.port_orders_size(), 12);
  SignAll(project);
  story_.Wait(Duration::Days(1));
  const auto submitted = story_.When(Naming<SubmitPortProjectRequest>(project), kDecide)
                             .ThenReplied<SubmitPortProjectResponse>();
  for (const auto& result : submitted.results()) EXPECT_EQ(result.status().code(), 0);
  const auto cancelled = story_.When(Naming<CancelPortProjectRequest>(project), kDecide)
                             .ThenReplied<CancelPortProjectResponse>();
  EXPECT_EQ(cancelled.port_project().state(), PortProject::CANCELLED);
}

TEST_F(PortProjects, AreRefusedBeyondTheirLimits) {
  Story story(testing::PolicyWith([](policy::v1::Policy& policy) {
    policy.mutable_porting()->set_project_numbers_max(2);
    policy.mutable_porting()->set_project_orders_max(1);
    policy.mutable_porting()->set_drafts_max(1);
  }));
  const auto one = From("1", {"+12065550100"});
  story.When(Project({From("1", {"+12065550100", "+12065550101", "+12065550102"})}), kDecide)
      .ThenRefused(PORT_PROJECT_TOO_LARGE, {{"numbers", "3"}, {"numbers_max", "2"}});
  story.When(Project({one, From("2", {"+12065550103"})}), kDecide)
      .ThenRefused(PORT_PROJECT_TOO_LARGE, {{"orders", "2"}, {"orders_max", "1"}});
  story.When(Project({one}), kDecide).ThenOk();
  story.When(Project({one}), kDecide).ThenRefused(TOO_MANY_PORT_DRAFTS, {{"drafts", "1"}});
}

TEST_F(PortProjects, NameEachAccountAndEachNumberOnce) {
  const auto one = From("1", {"+12065550100"});
  story_.When(Project({one, From("1", {"+12065550101"})}), kDecide).ThenRefused(PORT_ACCOUNT_TWICE);
  story_.When(Project({one, From("2", {"+12065550100"})}), kDecide)
      .ThenRefused(PORT_NUMBER_TWICE, {{"number", "+12065550100"}});
}

TEST_F(PortProjects, AreRefusedForNumbersThatNoOrderCouldHave) {
  story_.When(Project({From("1", {"+12065550100", "+35542345678"})}), kDecide)
      .ThenRefused(PORTING_NOT_OFFERED, {{"number", "+35542345678"}, {"country", "AL"}});
}

TEST_F(PortProjects, SubmitEachOrderWithAResultOfItsOwn) {
  const auto project = Created({From("1", {"+12065550100"}), From("2", {"+14255550100"})});
  story_.When(testing::Sign(Order(project, 1)), kDecide).ThenOk();
  const auto submitted = story_.When(Naming<SubmitPortProjectRequest>(project), kDecide)
                             .ThenReplied<SubmitPortProjectResponse>();
  ASSERT_EQ(submitted.results_size(), 2);
  EXPECT_NE(submitted.results(0).status().code(), 0) << "its letter is missing";
  EXPECT_EQ(submitted.results(1).status().code(), 0);
  EXPECT_EQ(submitted.results(1).port_order(), project.port_orders(1));
  EXPECT_EQ(submitted.port_project().state(), PortProject::IN_PROGRESS);
  EXPECT_EQ(Order(project, 0).state(), PortOrder::DRAFT);
  EXPECT_EQ(Order(project, 1).state(), PortOrder::PROCESSING) << "its turn has come";
}

TEST_F(PortProjects, LetOrdersOfOneAccountFollowEachOther) {
  const auto project = Created({From("1", {"+12065550100", "+18005550199"})});
  SignAll(project);
  story_.When(Naming<SubmitPortProjectRequest>(project), kDecide).ThenOk();
  EXPECT_EQ(Order(project, 0).state(), PortOrder::PROCESSING);
  EXPECT_EQ(Order(project, 1).state(), PortOrder::QUEUED);
  EXPECT_EQ(Order(project, 1).extent(), FULL);
  story_.When(Of<CancelPortOrderRequest>(Order(project, 0)), kDecide).ThenOk();
  EXPECT_EQ(Order(project, 1).state(), PortOrder::PROCESSING);
}

TEST_F(PortProjects, CloseNoAccountWhileAnotherOrderOfItIsUnsigned) {
  const auto project = Created({From("1", {"+12065550100", "+18005550199"})});
  story_.When(testing::Sign(Order(project, 1)), kDecide).ThenOk();
  ASSERT_EQ(Order(project, 1).extent(), FULL);
  const auto submitted = story_.When(Naming<SubmitPortProjectRequest>(project), kDecide)
                             .ThenReplied<SubmitPortProjectResponse>();
  EXPECT_NE(submitted.results(1).status().code(), 0);
  EXPECT_EQ(Order(project, 1).state(), PortOrder::DRAFT);
  story_.When(testing::Submit(Order(project, 1)), kDecide)
      .ThenRefused(ACCOUNT_STILL_NEEDED,
                   {{"port_order", Order(project, 0).name()}, {"state", "DRAFT"}});
}

TEST_F(PortProjects, CloseNoAccountWhenAnotherOrderOfItWasRejected) {
  const auto project = Created({From("1", {"+12065550100", "+18005550199"})});
  SignAll(project);
  story_.When(Naming<SubmitPortProjectRequest>(project), kDecide).ThenOk();
  story_.When(testing::Accept(Order(project, 0)), kDecide).ThenOk();
  story_.When(testing::Reject(Order(project, 0), HUNT_GROUP_ACTIVE), kDecide).ThenOk();
  EXPECT_EQ(Order(project, 1).state(), PortOrder::ERROR);
  EXPECT_EQ(Order(project, 1).setback().reason(), "ACCOUNT_STILL_NEEDED");

  story_.When(Naming<SubmitPortProjectRequest>(project), kDecide).ThenOk();
  EXPECT_EQ(Order(project, 0).state(), PortOrder::PROCESSING) << "the account's others first";
  EXPECT_EQ(Order(project, 1).state(), PortOrder::QUEUED);
}

TEST_F(PortProjects, CloseNoAccountWithoutItsBillingNumber) {
  auto source = From("1", {"+12065550100"});
  source.mutable_losing_account()->set_billing_number("+12065550199");
  story_.When(Project({source}), kDecide)
      .ThenRefused(BILLING_NUMBER_NOT_PORTED, {{"billing_number", "+12065550199"}});
}

TEST_F(PortProjects, CancelEachOrderThatCanBe) {
  const auto project = Created({From("1", {"+12065550100", "+18005550199"})});
  SignAll(project);
  story_.When(Naming<SubmitPortProjectRequest>(project), kDecide).ThenOk();
  const auto cancelled = story_.When(Naming<CancelPortProjectRequest>(project), kDecide)
                             .ThenReplied<CancelPortProjectResponse>();
  EXPECT_EQ(cancelled.port_project().state(), PortProject::CANCELLED);
  EXPECT_THAT(cancelled.port_project().number_counts(), IsEmpty());
  EXPECT_EQ(Order(project, 1).state(), PortOrder::CANCELLED) << "it never had its turn";
  EXPECT_TRUE(story_.organization().porting.lines.empty());
  const auto again = story_.When(Naming<CancelPortProjectRequest>(project), kDecide)
                         .ThenReplied<CancelPortProjectResponse>();
  EXPECT_NE(again.results(0).status().code(), 0);
  EXPECT_EQ(story_.Count<PortOrderCancelled>(), 0);
}

TEST_F(PortProjects, ThatAreNotThereAreNotFound) {
  PortProject none;
  none.set_name("organizations/contoso/portProjects/pp-none");
  story_.When(Naming<SubmitPortProjectRequest>(none), kDecide).ThenRefused(PORT_PROJECT_NOT_FOUND);
  story_.When(Naming<CancelPortProjectRequest>(none), kDecide).ThenRefused(PORT_PROJECT_NOT_FOUND);
}

TEST_F(PortProjects, CheckTheirRulesInTheOrderOfTheirEnum) {
  testing::ExpectInOrder<PortingRefusal>(story_, Project({From("1", {"+12065550100"})}), kDecide,
                                         10);
}

TEST(RollUp, TellsTheFirstThatFits) {
  using S = PortOrder;
  EXPECT_EQ(RollUp({S::CANCELLED, S::CANCELLED}), PortProject::CANCELLED);
  EXPECT_EQ(RollUp({S::DRAFT, S::CANCELLED}), PortProject::DRAFT);
  EXPECT_EQ(RollUp({S::COMPLETED, S::CANCELLED}), PortProject::COMPLETED);
  EXPECT_EQ(RollUp({S::COMPLETED, S::DRAFT}), PortProject::IN_PROGRESS);
  EXPECT_EQ(RollUp({S::QUEUED, S::PROCESSING, S::DRAFT}), PortProject::IN_PROGRESS);
  EXPECT_EQ(RollUp({S::COMPLETED, S::ERROR, S::PROCESSING}), PortProject::ERROR);
}

}  // namespace
}  // namespace dialtone::porting
