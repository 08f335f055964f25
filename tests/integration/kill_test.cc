// SIGKILL at random moments under a mixed load of the five commands. What was acknowledged stands
// in a journal outside of the server; after each start it must all be there, once.
//   DIALTONE_KILLS=200 build/dev/bin/integration_tests --gtest_filter='Kill*'     (make kills)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"
#include "tests/integration/clerk.h"
#include "tests/integration/journal.h"
#include "tests/integration/server_process.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

constexpr int kClerks = 4;
constexpr int kKillsInCi = 15;
constexpr std::size_t kAnswersMax = 120;  // between two kills
constexpr std::size_t kRepeats = 40;      // of the newest answers, after each start

int Kills() {
  const char* const said = std::getenv("DIALTONE_KILLS");
  return said == nullptr ? kKillsInCi : std::atoi(said);
}

class KillTest : public ::testing::Test {
 protected:
  KillTest();

  void StartServer();
  // While the clerks work: the server dies in the middle of it.
  void KillAndStart();
  void ExpectSameAnswersFrom(std::size_t first);
  // Makes what is read see at least all that was acknowledged.
  void CatchUp(const Clerk& clerk);
  void ExpectCredits(const Clerk& clerk);
  void ExpectLicenses(const Clerk& clerk);
  void ExpectNumbers(const Clerk& clerk);
  void ExpectPortOrders(const Clerk& clerk);

  const TemporaryFolder folder_;
  Journal journal_{folder_.path() / "journal"};
  Whereabouts whereabouts_;
  std::optional<ServerProcess> server_;
  std::shared_ptr<Caller> caller_;
  std::vector<std::unique_ptr<Clerk>> clerks_;
  std::map<std::string, std::string> holders_;  // by number
  std::mt19937_64 chance_{20'261'122};
};

KillTest::KillTest() {
  StartServer();
  LoadNumbers(*caller_, 12065550000, 10'000);
  LoadNumbers(*caller_, 12065560000, 10'000);
  for (int i = 0; i < kClerks; ++i)
    clerks_.push_back(std::make_unique<Clerk>(i, *caller_, whereabouts_, journal_));
}

void KillTest::StartServer() {
  server_.emplace(folder_.path() / "data");
  caller_ = std::make_shared<Caller>(server_->address());
  whereabouts_.MoveTo(caller_);
}

void KillTest::KillAndStart() {
  journal_.WaitFor(journal_.size() + 1 + chance_() % kAnswersMax);
  // Not always right behind an answer.
  const auto moment =
      std::chrono::steady_clock::now() + std::chrono::microseconds(chance_() % 3'000);
  while (std::chrono::steady_clock::now() < moment) std::this_thread::yield();
  server_->Kill();
  whereabouts_.Lost();
  server_.reset();
  StartServer();
}

void KillTest::ExpectSameAnswersFrom(std::size_t first) {
  for (const Acknowledged& entry : journal_.ReadFrom(first))
    EXPECT_EQ(caller_->Send(entry.path, entry.request).Bytes(), entry.answer) << entry.path;
}

void KillTest::CatchUp(const Clerk& clerk) {
  licensing::v1::BuyLicensesRequest request;
  request.set_parent(clerk.organization());
  request.set_sku("MCOEV");
  request.set_quantity(1);
  request.set_request_id(MintRequestId());
  caller_->Must<licensing::v1::LicensePool>(request);
}

void KillTest::ExpectCredits(const Clerk& clerk) {
  billing::v1::GetCreditAccountRequest request;
  request.set_name(clerk.organization() + "/creditAccount");
  const auto account = caller_->Must<billing::v1::CreditAccount>(request);
  EXPECT_EQ(account.consumed().micros(), clerk.ledger().consumed_micros);
  EXPECT_EQ(account.available().micros(), clerk.funded_micros() - clerk.ledger().consumed_micros);
}

void KillTest::ExpectLicenses(const Clerk& clerk) {
  licensing::v1::ListLicensePoolsRequest request;
  request.set_parent(clerk.organization());
  const auto pools = caller_->Must<licensing::v1::ListLicensePoolsResponse>(request);
  std::uint32_t bought = 0;
  for (const auto& pool : pools.license_pools())
    bought += pool.sku() == "EXCHANGEENTERPRISE" ? pool.bought() : 0;
  EXPECT_EQ(bought, clerk.ledger().licenses);
}

void KillTest::ExpectNumbers(const Clerk& clerk) {
  inventory::v1::ListNumbersRequest request;
  request.set_parent(clerk.organization());
  request.set_page_size(1'000);
  std::map<std::string, std::string> found;
  const auto listed = caller_->Must<inventory::v1::ListNumbersResponse>(request);
  for (const auto& number : listed.numbers()) {
    found[number.name()] = number.location();
    const auto [holder, is_new] = holders_.try_emplace(number.e164(), clerk.organization());
    EXPECT_TRUE(is_new) << number.e164() << " is held by " << holder->second << " too";
  }
  EXPECT_EQ(listed.next_page_token(), "");
  EXPECT_EQ(found, clerk.ledger().numbers);
}

void KillTest::ExpectPortOrders(const Clerk& clerk) {
  porting::v1::ListPortOrdersRequest request;
  request.set_parent(clerk.organization());
  request.set_page_size(1'000);
  std::vector<std::string> submitted;
  std::vector<std::string> drafts;
  do {
    const auto listed = caller_->Must<porting::v1::ListPortOrdersResponse>(request);
    for (const auto& order : listed.port_orders()) {
      const bool is_draft = order.state() == porting::v1::PortOrder::DRAFT;
      (is_draft ? drafts : submitted).push_back(order.name());
    }
    request.set_page_token(listed.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(submitted, ::testing::UnorderedElementsAreArray(clerk.ledger().port_orders));
  EXPECT_THAT(drafts, ::testing::UnorderedElementsAreArray(clerk.ledger().drafts));
}

TEST_F(KillTest, WhatWasAcknowledgedIsThereOnce) {
  std::atomic<bool> is_over{false};
  std::vector<std::thread> threads;
  for (const auto& clerk : clerks_) {
    threads.emplace_back([&] {
      while (!is_over) clerk->Step();
    });
  }
  for (int kill = 0; kill < Kills(); ++kill) {
    const std::size_t known = journal_.size();
    KillAndStart();
    ExpectSameAnswersFrom(known < kRepeats ? 0 : known - kRepeats);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();

  ExpectSameAnswersFrom(0);
  Clerk::Counts accepted;
  for (const auto& clerk : clerks_) {
    CatchUp(*clerk);
    ExpectCredits(*clerk);
    ExpectLicenses(*clerk);
    ExpectNumbers(*clerk);
    ExpectPortOrders(*clerk);
    for (const auto& [command, count] : clerk->accepted()) accepted[command] += count;
  }
  for (const char* const command : {"BuyLicenses", "ReserveNumbers", "AcquireNumbers",
                                    "SubmitPortOrder", "AssignEmergencyAddress", "ConsumeCredits"})
    EXPECT_GT(accepted[command], 0) << command << " was never accepted";
  std::printf("%d kills, %zu answers acknowledged\n", Kills(), journal_.size());
}

}  // namespace
}  // namespace dialtone::testing
