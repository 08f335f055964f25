// Port orders of two organizations that want the same few numbers, in any sequence of actions.
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <map>
#include <set>

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
  kWait
};

std::string Number(int i) {
  return i < 3 ? "+1206555010" + std::to_string(i) : "+1425555010" + std::to_string(i);
}

CreatePortOrderRequest AnyOrder() {
  const auto picked = *rc::gen::unique<std::vector<int>>(2, rc::gen::inRange(0, 6));
  auto request = testing::PortIn({Number(picked[0]), Number(picked[1])},
                                 *rc::gen::element<std::string>("1", "2", "3"),
                                 *rc::gen::elementOf(kOrganizations));
  request.set_extent(PARTIAL);
  request.mutable_losing_account()->set_replacement_billing_number("+12065559999");
  request.set_requested_date("2018-12-28");
  return request;
}

void Do(Story& story, Deed deed, std::vector<PortOrder>& orders) {
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

TEST(PortOrders, NeverHoldANumberTwiceNorALosingAccount) {
  ASSERT_TRUE(rc::check([] {
    Story story;
    story.GivenFor("organizations/fabrikam", testing::OrganizationCreated("fabrikam"));
    // So that both blocks are there: one number of ours, which nobody can port.
    story.GivenFor("numberBlocks/1206555", testing::StockLoaded("+12065550100", "+12065550100"));
    story.GivenFor("numberBlocks/1425555", testing::StockLoaded("+14255550199", "+14255550199"));
    std::vector<PortOrder> orders;
    const auto deeds = *rc::gen::container<std::vector<Deed>>(
        30, rc::gen::weightedElement<Deed>({{4, Deed::kCreate},
                                            {6, Deed::kSubmit},
                                            {2, Deed::kCancel},
                                            {4, Deed::kAccept},
                                            {4, Deed::kConfirm},
                                            {1, Deed::kReject},
                                            {6, Deed::kSettle},
                                            {2, Deed::kWait}}));
    for (const Deed deed : deeds) {
      Do(story, deed, orders);
      RC_ASSERT(Wanted(story) == Held(story));
    }
  }));
}

}  // namespace
}  // namespace dialtone::porting
