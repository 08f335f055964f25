// Port orders of two organizations that want the same few numbers, in any sequence of actions.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <map>
#include <set>

#include "controlplane/domain/inventory/decide.h"
#include "controlplane/domain/porting/rules_project.h"
#include "controlplane/domain/stock/rules.h"
#include "tests/support/numbers.h"
#include "tests/support/ports.h"

namespace dialtone::porting {
namespace {

using testing::Of;
using testing::Story;

const std::vector<std::string> kOrganizations = {"contoso", "fabrikam"};
constexpr std::uint64_t kBlocks[] = {1206555, 1425555};

enum class Deed : std::uint8_t {
  kCreate,
  kSubmit,
  kCancel,
  kAccept,
  kConfirm,
  kReject,
  kSettle,
  kWait,
  kAskOut,
  kEndOut
};

std::string Number(int i) {
  return i < 3 ? "+1206555010" + std::to_string(i) : "+1425555010" + std::to_string(i);
}

CreatePortOrderRequest AnyOrder() {
  const auto picked = *rc::gen::unique<std::vector<int>>(2, rc::gen::inRange(0, 6));
  auto request = testing::PortIn({Number(picked[0]), Number(picked[1])},
                                 *rc::gen::element<std::string>("1", "2"),
                                 *rc::gen::elementOf(kOrganizations));
  request.set_extent(PARTIAL);
  request.mutable_losing_account()->set_replacement_billing_number("+12065559999");
  request.set_requested_date("2018-12-28");
  return request;
}

// Another carrier asks for a number that somebody holds: anybody's, if there is one.
void AskOut(Story& story) {
  const auto id = *rc::gen::elementOf(kOrganizations);
  const auto& held = story.organization("organizations/" + id).inventory.numbers;
  if (held.empty()) return;
  RequestPortOutRequest request;
  request.set_parent("organizations/" + id);
  request.set_gaining_carrier("Fourth Coffee Telecom");
  request.set_pin_hash("1234");
  request.add_numbers(
      std::next(held.begin(), *rc::gen::inRange<int>(0, static_cast<int>(held.size())))
          ->second.e164());
  story.When(request, kDecide);
}

// The gaining carrier takes the numbers, or leaves them.
void EndOut(Story& story) {
  const auto id = *rc::gen::elementOf(kOrganizations);
  const auto outs = story.organization("organizations/" + id).porting.port_outs;
  for (const auto& [name, request] : outs) {
    const auto answer = [&, &out = request](auto asked) {
      asked.set_name(out.name());
      asked.set_etag(out.etag());
      story.When(asked, kDecide);
    };
    if (*rc::gen::inRange(0, 3) == 0) {
      answer(WithdrawPortOutRequest());
    } else {
      answer(CompletePortOutRequest());
    }
  }
}

void Do(Story& story, Deed deed, std::vector<PortOrder>& orders) {
  if (deed == Deed::kAskOut) return AskOut(story);
  if (deed == Deed::kEndOut) return EndOut(story);
  if (deed == Deed::kCreate || orders.empty()) {
    orders.push_back(testing::Drafted(story, AnyOrder()));
    return;
  }
  const std::string name = (*rc::gen::elementOf(orders)).name();
  const auto& organization = story.organization(OrganizationOf(name).key.text());
  const PortOrder order = *organization.porting.orders.Find(name);
  const std::string number = order.numbers(*rc::gen::inRange(0, 2)).e164();
  switch (deed) {
    case Deed::kCreate:
      return;
    case Deed::kSubmit:
      story.When(testing::Submit(order), kDecide);
      story.When(Of<ResubmitPortOrderRequest>(order), kDecide);
      return;
    case Deed::kCancel:
      story.When(Of<CancelPortOrderRequest>(order), kDecide);
      return;
    case Deed::kAccept:
      story.When(testing::Accept(order), kDecide);
      return;
    case Deed::kConfirm:
      story.When(testing::Confirm(order, story.now() + Duration::Hours(25)), kDecide);
      return;
    case Deed::kReject:
      story.When(testing::Reject(order, WRONG_PIN), kDecide);
      return;
    case Deed::kSettle:
      if (*rc::gen::arbitrary<bool>()) {
        story.When(testing::Complete(order, number), kDecide);
      } else {
        story.When(testing::Fail(order, number, NUMBER_INACTIVE), kDecide);
      }
      return;
    case Deed::kAskOut:
    case Deed::kEndOut:
      return;
    case Deed::kWait:
      story.Wait(Duration::Hours(2));
      return;
  }
}

// What the organizations say they hold or wait for: each number once, at most.
std::map<std::string, std::string> Wanted(const Story& story) {
  std::map<std::string, std::string> holders;
  const auto take = [&](const std::string& number, const std::string& hold) {
    RC_ASSERT(holders.emplace(number, hold).second);
  };
  for (const std::string& id : kOrganizations) {
    const auto& organization = story.organization("organizations/" + id);
    std::set<std::string> accounts;
    for (const auto& [name, order] : organization.porting.orders) {
      if (!IsOpen(order.state())) continue;
      RC_ASSERT(accounts.insert(order.losing_account().facts().account_key()).second);
      for (const std::string& number : WaitingNumbers(order)) take(number, name);
    }
    for (const auto& [digits, number] : organization.inventory.numbers)
      take(number.e164(), number.hold());
  }
  return holders;
}

std::map<std::string, std::string> Held(const Story& story) {
  std::map<std::string, std::string> holders;
  for (const std::uint64_t block : kBlocks) {
    for (const auto& [place, holder] : story.block(block).stock.holders)
      holders[E164::FromDigits(block * E164::kNumbersOfBlock + place).text()] = holder.hold();
  }
  return holders;
}

// Whoever waits has somebody ahead who is with the carrier: nobody waits for nothing.
void ExpectLinesToMove(const Story& story) {
  for (const std::string& id : kOrganizations) {
    const auto& porting = story.organization("organizations/" + id).porting;
    std::map<std::string, int> open;
    for (const auto& [name, order] : porting.orders)
      open[order.losing_account().facts().account_key()] += IsOpen(order.state()) ? 1 : 0;
    for (const auto& [name, order] : porting.orders) {
      if (order.state() != PortOrder::QUEUED) continue;
      RC_ASSERT(open[order.losing_account().facts().account_key()] == 1);
    }
  }
}

// Whether the matrix stands in the way of an action; other rules may.
template <class Request>
bool IsAllowed(Story& story, const Request& request) {
  story.DryRun().When(request, kDecide);
  const auto& trace = story.trace();
  return std::none_of(trace.begin(), trace.end(), [](const RuleTrace& rule) {
    return !rule.holds && rule.rejection.reason == "PORT_ACTION_NOT_ALLOWED";
  });
}

void ExpectShownActionsToBeTheAllowedOnes(Story& story, const PortOrder& order) {
  auto edit = Of<UpdatePortOrderRequest>(order);
  edit.set_display_name("Head office");
  auto date = Of<UpdatePortOrderRequest>(order);
  date.set_requested_date("2018-12-28");
  const std::string& number = order.numbers(0).e164();
  const std::map<PortAction, bool> allowed = {
      {EDIT, IsAllowed(story, edit)},
      {EDIT_DATE, IsAllowed(story, date) && !IsAllowed(story, edit)},
      {SIGN, IsAllowed(story, testing::Sign(order))},
      {SUBMIT, IsAllowed(story, testing::Submit(order))},
      {RESUBMIT, IsAllowed(story, Of<ResubmitPortOrderRequest>(order))},
      {CANCEL, IsAllowed(story, Of<CancelPortOrderRequest>(order))},
      {ACCEPT, IsAllowed(story, testing::Accept(order))},
      {CONFIRM, IsAllowed(story, testing::Confirm(order, story.now() + Duration::Hours(25)))},
      {REJECT, IsAllowed(story, testing::Reject(order, WRONG_PIN))},
      {SETTLE_NUMBER, IsAllowed(story, testing::Complete(order, number))},
  };
  const PortOrder order_shown = Shown(order);
  const auto& shown = order_shown.allowed_actions();
  for (const auto& [action, is_allowed] : allowed)
    RC_ASSERT(is_allowed == (std::find(shown.begin(), shown.end(), action) != shown.end()));
}

std::vector<PortOrder> AllOrders(const Story& story) {
  std::vector<PortOrder> all;
  for (const std::string& id : kOrganizations) {
    for (const auto& [name, order] : story.organization("organizations/" + id).porting.orders)
      all.push_back(order);
  }
  return all;
}

// Every order that is with the carrier comes to an end; so must those that wait behind.
void ExpectNobodyToWaitForever(Story& story) {
  story.Wait(Duration::Days(2));
  for (bool any = true; any;) {
    any = false;
    for (const PortOrder& order : AllOrders(story)) {
      if (!IsOpen(order.state())) continue;
      any = true;
      if (order.state() != PortOrder::TRANSFER_PENDING) {
        story.When(Of<CancelPortOrderRequest>(order), kDecide).ThenOk();
        continue;
      }
      for (const std::string& number : WaitingNumbers(order))
        story.When(testing::Complete(order, number), kDecide).ThenOk();
    }
  }
  for (const PortOrder& order : AllOrders(story)) RC_ASSERT(order.state() != PortOrder::QUEUED);
}

// A number of our stock is free, held, or known to be elsewhere.
void ExpectOurNumberToBeKnown(const Story& story) {
  const auto& stock = story.block(kBlocks[0]).stock;
  const bool is_elsewhere = stock.departed.Has(100);
  RC_ASSERT(is_elsewhere || stock.holders.Has(100));
  RC_ASSERT(!stock::IsFree(stock, 100));
}

// Shows 4.1/line.
TEST(PortOrders, NeverHoldANumberTwiceNorALosingAccount) {
  ASSERT_TRUE(rc::check([] {
    Story story;
    story.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"));
    // So that both blocks are there: one number of ours, which nobody can port.
    story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550100"));
    story.GivenFor("numberBlocks/1425555", testing::StockLoaded("+14255550199", "+14255550199"));
    // Contoso has the one of Seattle; other carriers know everybody's PIN.
    const auto reserved = story.When(testing::Reserve("contoso", {1206555}, 1), inventory::kDecide)
                              .ThenReplied<inventory::Reservation>();
    story.When(testing::Acquire(reserved), inventory::kDecide).ThenOk();
    for (const std::string& id : kOrganizations) {
      PortOutPinSet set;
      set.mutable_pin()->set_hash("1234");
      story.GivenFor("organizations/" + id, set);
    }
    std::vector<PortOrder> orders;
    const auto deeds = *rc::gen::container<std::vector<Deed>>(
        60, rc::gen::weightedElement<Deed>({{4, Deed::kCreate},
                                            {8, Deed::kSubmit},
                                            {2, Deed::kCancel},
                                            {4, Deed::kAccept},
                                            {4, Deed::kConfirm},
                                            {1, Deed::kReject},
                                            {6, Deed::kSettle},
                                            {2, Deed::kWait},
                                            {2, Deed::kAskOut},
                                            {2, Deed::kEndOut}}));
    for (const Deed deed : deeds) {
      Do(story, deed, orders);
      RC_ASSERT(Wanted(story) == Held(story));
      ExpectLinesToMove(story);
      ExpectOurNumberToBeKnown(story);
    }
    for (const PortOrder& order : AllOrders(story))
      ExpectShownActionsToBeTheAllowedOnes(story, order);
    ExpectNobodyToWaitForever(story);
  }));
}

TEST(PortProject, IsWhatItsOrdersAreWhateverTheirOrderAndNames) {
  ASSERT_TRUE(rc::check([] {
    auto states = *rc::gen::nonEmpty(rc::gen::container<std::vector<int>>(
        rc::gen::inRange<int>(PortOrder::DRAFT, PortOrder::State_MAX + 1)));
    const auto shown = [&] {
      std::vector<PortOrder> orders;
      std::vector<PortOrder::State> of_orders;
      for (const int state : states) {
        PortOrder& order = orders.emplace_back();
        order.set_name(std::to_string(orders.size()));
        order.set_state(static_cast<PortOrder::State>(state));
        of_orders.push_back(order.state());
      }
      const PortProject project = Shown(PortProject(), orders);
      RC_ASSERT(project.state() == RollUp(of_orders));
      return project.SerializeAsString();
    };
    const std::string before = shown();
    std::reverse(states.begin(), states.end());
    RC_ASSERT(shown() == before);
    std::sort(states.begin(), states.end());
    RC_ASSERT(shown() == before);
  }));
}

}  // namespace
}  // namespace dialtone::porting
