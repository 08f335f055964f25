// SIGKILL at random moments under a mixed load of the five commands. What was acknowledged stands
// in a journal outside of the server; after each start it must all be there, once.
//   DIALTONE_KILLS=200 build/dev/bin/integration_tests --gtest_filter='Kill*'     (make kills)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/integration/audit.h"
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

  const TemporaryFolder folder_;
  Journal journal_{folder_.path() / "journal"};
  Whereabouts whereabouts_;
  std::optional<ServerProcess> server_;
  std::shared_ptr<Caller> caller_;
  std::vector<std::unique_ptr<Clerk>> clerks_;
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
    ExpectSameAnswers(journal_, *caller_, known < kRepeats ? 0 : known - kRepeats);
  }
  is_over = true;
  for (std::thread& thread : threads) thread.join();

  ExpectSameAnswers(journal_, *caller_);
  Audit audit(*caller_);
  Clerk::Counts accepted;
  for (const auto& clerk : clerks_) {
    audit.Expect(*clerk);
    for (const auto& [command, count] : clerk->accepted()) accepted[command] += count;
  }
  for (const char* const command : {"BuyLicenses", "ReserveNumbers", "AcquireNumbers",
                                    "SubmitPortOrder", "AssignEmergencyAddress", "ConsumeCredits"})
    EXPECT_GT(accepted[command], 0) << command << " was never accepted";
  std::printf("%d kills, %zu answers acknowledged\n", Kills(), journal_.size());
}

}  // namespace
}  // namespace dialtone::testing
