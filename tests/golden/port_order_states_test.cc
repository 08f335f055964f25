// The state machine of a port order: domain.md 4.3, 12.
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "controlplane/domain/inventory/rules.h"
#include "tests/golden/diagrams.h"
#include "tests/golden/explorer.h"
#include "tests/support/ports.h"

namespace dialtone::golden {
namespace {

using porting::kDecide;
using porting::PortOrder;
using testing::Of;
using testing::Story;

constexpr char kFirst[] = "+12065550100";
constexpr char kSecond[] = "+12065550101";
constexpr char kAhead[] = "+12065550102";

const PortOrder& OrderWith(const Story& story, const std::string& number) {
  for (const auto& [name, order] : story.organization().porting.orders) {
    if (porting::IndexOf(order, number) >= 0) return order;
  }
  ADD_FAILURE() << "no order has " << number;
  return PortOrder::default_instance();
}

const PortOrder& TheOrder(const Story& story) { return OrderWith(story, kFirst); }

// A part of the account's numbers: another order may bring others.
porting::CreatePortOrderRequest PartOf(const std::vector<std::string>& numbers) {
  auto request = testing::PortIn(numbers);
  request.set_extent(porting::PARTIAL);
  request.mutable_losing_account()->set_billing_number("+12065550199");
  request.set_requested_date("2018-12-14");
  return request;
}

// A draft that nobody has signed; another order of its losing account is with the carrier.
void Begin(Story& story) {
  testing::Submitted(story, PartOf({kAhead}));
  story.When(PartOf({kFirst, kSecond}), kDecide).ThenOk();
}

std::string StateOf(const Story& story) { return PortOrder::State_Name(TheOrder(story).state()); }

std::string DetailOf(const Story& story) {
  const PortOrder& order = TheOrder(story);
  std::string detail = StateOf(story) + (order.has_letter() ? " signed" : "");
  for (const auto& number : order.numbers())
    detail += " " + porting::v1::PortNumber::State_Name(number.state());
  const bool is_here =
      inventory::FindNumber(story.organization().inventory, *E164::Parse(kSecond)) != nullptr;
  if (is_here) detail += " here";
  return detail + (porting::IsOpen(OrderWith(story, kAhead).state()) ? " behind another" : "");
}

void Edit(Story& story) {
  auto request = Of<porting::UpdatePortOrderRequest>(TheOrder(story));
  request.set_display_name("Head office");
  story.When(request, kDecide);
}

void EditDate(Story& story) {
  auto request = Of<porting::UpdatePortOrderRequest>(TheOrder(story));
  request.set_requested_date("2018-12-17");
  story.When(request, kDecide);
}

// The second number comes by another way while the order waits in line.
void TakeNumber(Story& story) {
  if (TheOrder(story).state() != PortOrder::QUEUED) return;
  inventory::v1::NumbersPortedIn ported;
  auto& number = *ported.add_numbers();
  number.set_name("organizations/contoso/numbers/12065550101");
  number.set_e164(kSecond);
  number.set_type(inventory::v1::SUBSCRIBER);
  number.set_source(inventory::v1::Number::PORTED);
  story.Given(ported);
}

void Confirm(Story& story) {
  story.When(testing::Confirm(TheOrder(story), story.now() + Duration::Days(10)), kDecide);
}

StateMachine PortOrders() {
  using namespace porting::v1;
  StateMachine machine;
  machine.begin = Begin;
  machine.state = StateOf;
  machine.detail = DetailOf;
  const auto act = [](auto make) {
    return [make](Story& story) { story.When(make(TheOrder(story)), kDecide); };
  };
  machine.moves = {
      {"EDIT", Edit},
      {"EDIT_DATE", EditDate},
      {"SIGN", act([](const PortOrder& order) { return testing::Sign(order); })},
      {"SUBMIT", act(testing::Submit)},
      {"RESUBMIT", act(Of<ResubmitPortOrderRequest>)},
      {"CANCEL", act(Of<CancelPortOrderRequest>)},
      {"ACCEPT", act(testing::Accept)},
      {"CONFIRM", Confirm},
      {"REJECT", act([](const PortOrder& order) { return testing::Reject(order, WRONG_PIN); })},
      {"SETTLE_NUMBER (moved)",
       act([](const PortOrder& order) { return testing::Complete(order, kFirst); })},
      {"SETTLE_NUMBER (stays)",
       act([](const PortOrder& order) { return testing::Fail(order, kFirst, NUMBER_INACTIVE); })},
      {"SETTLE_NUMBER (other moved)",
       act([](const PortOrder& order) { return testing::Complete(order, kSecond); })},
      {"SETTLE_NUMBER (other stays)",
       act([](const PortOrder& order) { return testing::Fail(order, kSecond, NUMBER_INACTIVE); })},
      {"(the order ahead ends)",
       [](Story& story) {
         story.When(Of<CancelPortOrderRequest>(OrderWith(story, kAhead)), kDecide);
       }},
      {"(a number comes another way)", TakeNumber},
      {"(a day before the transfer)", [](Story& story) { story.Wait(Duration::Days(9)); }},
  };
  return machine;
}

// SETTLE_NUMBER, of `SETTLE_NUMBER (moved)`; what is no command has none.
std::string ActionOf(const std::string& move) { return move.substr(0, move.find_first_of(" (")); }

TEST(PortOrderStates, AreThoseOfTheDiagramAndAllowWhatEachOrderShows) {
  const Explored explored = Explore(PortOrders());
  for (const std::string& state : explored.States()) {
    PortOrder::State value = PortOrder::STATE_UNSPECIFIED;
    ASSERT_TRUE(PortOrder::State_Parse(state, &value));
    std::set<std::string> accepted;
    for (const std::string& move : explored.MovesOf(state)) accepted.insert(ActionOf(move));
    accepted.erase("");
    std::set<std::string> shown;
    for (const auto action : porting::AllowedActions(value))
      shown.insert(porting::v1::PortAction_Name(action));
    if (accepted.contains("EDIT")) accepted.erase("EDIT_DATE");  // the date is part of it
    EXPECT_EQ(accepted, shown) << state;
  }
  EXPECT_EQ(explored.States().size(), 9U) << "all but SUBMITTING, which lasts moments";
  ExpectDiagram("porting", ToMermaid(explored));
}

}  // namespace
}  // namespace dialtone::golden
