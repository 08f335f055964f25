// A port of 450 numbers, for people to read: tests/golden/tales/port_of_450_numbers.txt.
#include <absl/strings/str_cat.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "controlplane/domain/porting/rules_project.h"
#include "tests/golden/tale.h"
#include "tests/support/ports.h"

namespace dialtone::golden {
namespace {

using porting::kDecide;
using porting::PortOrder;
using porting::v1::PortNumber;
using testing::Of;

constexpr int kFailures = 3;

std::vector<std::string> NumbersFrom(std::uint64_t first, int count) {
  std::vector<std::string> numbers;
  for (int i = 0; i < count; ++i)
    numbers.push_back("+" + std::to_string(first + static_cast<std::uint64_t>(i)));
  return numbers;
}

porting::v1::PortSource Account(std::string_view number, const std::vector<std::string>& numbers) {
  porting::v1::PortSource source;
  *source.mutable_losing_account() = testing::LosingAccount(number, numbers.front());
  for (const std::string& e164 : numbers) source.add_numbers(e164);
  source.set_extent(porting::FULL);
  return source;
}

porting::v1::PortProject CreateProject(Tale& tale) {
  porting::v1::CreatePortProjectRequest request;
  request.set_parent(std::string(testing::kContoso));
  request.set_display_name("Head office");
  request.set_requested_date("2018-12-17");
  *request.add_sources() = Account("4711", NumbersFrom(12065550100, 300));
  *request.add_sources() = Account("4712", NumbersFrom(14255550100, 150));
  return tale.Do<porting::v1::PortProject>(request, kDecide);
}

const PortOrder& OrderOf(Tale& tale, const std::string& name) {
  return *tale.story().organization().porting.orders.Find(name);
}

void Approve(Tale& tale, const std::string& name) {
  tale.Do<PortOrder>(testing::Accept(OrderOf(tale, name)), kDecide);
  const auto transfer = tale.story().now() + Duration::Days(10);
  tale.Do<PortOrder>(testing::Confirm(OrderOf(tale, name), transfer), kDecide);
}

// The account's number was not as the losing carrier knows it.
void Correct(Tale& tale, const std::string& name) {
  auto request = Of<porting::v1::UpdatePortOrderRequest>(OrderOf(tale, name));
  *request.mutable_losing_account() = testing::LosingAccount("4712-1", "+14255550100");
  tale.Do<PortOrder>(request, kDecide);
  tale.Do<PortOrder>(testing::Sign(OrderOf(tale, name)), kDecide);
  tale.Do<PortOrder>(Of<porting::v1::ResubmitPortOrderRequest>(OrderOf(tale, name)), kDecide);
}

// All have moved but so many, which stay with the losing carrier.
void Settle(Tale& tale, const std::string& name, int failures) {
  tale.Quietly();
  const PortOrder order = OrderOf(tale, name);
  for (const PortNumber& number : order.numbers()) {
    if (failures-- > 0) {
      tale.Do<PortOrder>(testing::Fail(order, number.e164(), porting::v1::NUMBER_INACTIVE),
                         kDecide);
    } else {
      tale.Do<PortOrder>(testing::Complete(order, number.e164()), kDecide);
    }
  }
}

std::string CountsOf(const PortOrder& order) {
  std::map<PortNumber::State, int> counts;
  for (const PortNumber& number : order.numbers()) ++counts[number.state()];
  std::string text = PortOrder::State_Name(order.state());
  for (const auto& [state, count] : counts)
    absl::StrAppend(&text, ", ", count, " ", PortNumber::State_Name(state));
  return text;
}

TEST(Tales, OfAPortOf450NumbersFromTwoAccounts) {
  Tale tale("port_of_450_numbers");
  tale.Says("450 numbers of two accounts: one project, and an order for each account.");
  const auto project = CreateProject(tale);
  ASSERT_EQ(project.port_orders_size(), 2);
  const std::string large = project.port_orders(0);
  const std::string small = project.port_orders(1);
  tale.Says("Without the letters nothing is sent.");
  auto submit = porting::v1::SubmitPortProjectRequest();
  submit.set_name(project.name());
  tale.Do<porting::v1::SubmitPortProjectResponse>(submit, kDecide);
  for (const std::string& order : {large, small})
    tale.Do<PortOrder>(testing::Sign(OrderOf(tale, order)), kDecide);
  tale.Do<porting::v1::SubmitPortProjectResponse>(submit, kDecide);
  tale.Says("The first losing carrier agrees.");
  Approve(tale, large);
  tale.Says("The second does not know the account; what would be right it does not tell.");
  tale.Do<PortOrder>(testing::Accept(OrderOf(tale, small)), kDecide);
  tale.Do<PortOrder>(testing::Reject(OrderOf(tale, small), porting::v1::ACCOUNT_MISMATCH), kDecide);
  tale.Says("Corrected, signed anew, and sent again.");
  Correct(tale, small);
  Approve(tale, small);
  tale.Says("A day before the transfer nothing can be changed any more.");
  tale.Wait(Duration::Days(9), "nine days");
  tale.Refused(Of<porting::v1::CancelPortOrderRequest>(OrderOf(tale, large)), kDecide);
  Settle(tale, large, 0);
  Settle(tale, small, kFailures);
  tale.Says("The first order: " + CountsOf(OrderOf(tale, large)) + ".");
  tale.Says("The second: " + CountsOf(OrderOf(tale, small)) + ".");
  EXPECT_EQ(tale.story().organization().inventory.numbers.size(), 450U - kFailures);
  tale.End();
}

}  // namespace
}  // namespace dialtone::golden
