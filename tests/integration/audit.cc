#include "tests/integration/audit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"

namespace dialtone::testing {

void ExpectSameAnswers(const Journal& journal, Caller& caller, std::size_t first) {
  for (const Acknowledged& entry : journal.ReadFrom(first))
    EXPECT_EQ(caller.Send(entry.path, entry.request).Bytes(), entry.answer) << entry.path;
}

void Audit::Expect(const Clerk& clerk) {
  CatchUp(clerk);
  ExpectCredits(clerk);
  ExpectLicenses(clerk);
  ExpectNumbers(clerk);
  ExpectPortOrders(clerk);
}

void Audit::CatchUp(const Clerk& clerk) {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(clerk.organization());
  request.set_sku("MCOEV");
  request.set_quantity(1);
  request.set_request_id(MintRequestId());
  caller_.Must<licensing::v1::LicensePool>(request);
}

void Audit::ExpectCredits(const Clerk& clerk) {
  billing::v1::GetCreditAccountRequest request;
  request.set_name(clerk.organization() + "/creditAccount");
  const auto account = caller_.Must<billing::v1::CreditAccount>(request);
  EXPECT_EQ(account.consumed().micros(), clerk.ledger().consumed_micros);
  EXPECT_EQ(account.available().micros(), clerk.funded_micros() - clerk.ledger().consumed_micros);
}

void Audit::ExpectLicenses(const Clerk& clerk) {
  licensing::v1::ListLicensePoolsRequest request;
  request.set_parent(clerk.organization());
  const auto pools = caller_.Must<licensing::v1::ListLicensePoolsResponse>(request);
  std::uint32_t bought = 0;
  for (const auto& pool : pools.license_pools())
    bought += pool.sku() == "EXCHANGEENTERPRISE" ? pool.bought() : 0;
  EXPECT_EQ(bought, clerk.ledger().licenses);
}

void Audit::ExpectNumbers(const Clerk& clerk) {
  inventory::v1::ListNumbersRequest request;
  request.set_parent(clerk.organization());
  request.set_page_size(1'000);
  std::map<std::string, std::string> found;
  const auto listed = caller_.Must<inventory::v1::ListNumbersResponse>(request);
  for (const auto& number : listed.numbers()) {
    found[number.name()] = number.location();
    const auto [holder, is_new] = holders_.try_emplace(number.e164(), clerk.organization());
    EXPECT_TRUE(is_new) << number.e164() << " is held by " << holder->second << " too";
  }
  EXPECT_EQ(listed.next_page_token(), "");
  EXPECT_EQ(found, clerk.ledger().numbers);
}

void Audit::ExpectPortOrders(const Clerk& clerk) {
  porting::v1::ListPortOrdersRequest request;
  request.set_parent(clerk.organization());
  request.set_page_size(1'000);
  std::vector<std::string> submitted;
  std::vector<std::string> drafts;
  do {
    const auto listed = caller_.Must<porting::v1::ListPortOrdersResponse>(request);
    for (const auto& order : listed.port_orders()) {
      const bool is_draft = order.state() == porting::v1::PortOrder::DRAFT;
      (is_draft ? drafts : submitted).push_back(order.name());
    }
    request.set_page_token(listed.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(submitted, ::testing::UnorderedElementsAreArray(clerk.ledger().port_orders));
  EXPECT_THAT(drafts, ::testing::UnorderedElementsAreArray(clerk.ledger().drafts));
}

}  // namespace dialtone::testing
