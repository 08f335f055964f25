// 64 clients fight for the last hundred numbers of a block, and the server that owns it is killed
// in the middle: nobody gets more than the rules allow, and no number is lost.
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <optional>

#include "tests/integration/contest.h"
#include "tests/integration/server_process.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

class ContentionTest : public ::testing::Test {
 protected:
  ContentionTest() { Start(); }
  void Start() {
    server_.emplace(folder_.path() / "data");
    caller_ = std::make_shared<Caller>(server_->address());
    whereabouts_.MoveTo(caller_);
  }
  void KillAndStart() {
    server_->Kill();
    whereabouts_.Lost();
    server_.reset();
    Start();
  }

  const TemporaryFolder folder_;
  Whereabouts whereabouts_;
  std::optional<ServerProcess> server_;
  std::shared_ptr<Caller> caller_;
};

// Shows 3.2/last-hundred.
TEST_F(ContentionTest, TheLastNumbersOfABlockGoToEachOnceAndToNobodyBeyondTheQuota) {
  Contest contest(*caller_);
  contest.Begin({&whereabouts_});
  for (const std::uint32_t acquired : {20U, 50U, 80U}) {
    contest.AwaitAcquired(acquired);
    KillAndStart();
  }
  contest.Finish();
  contest.ExpectFair(*caller_);
  EXPECT_GT(contest.Refused("QUOTA_EXCEEDED"), 0);
  EXPECT_GT(contest.Refused("STOCK_EXHAUSTED"), 0);
  std::printf("%d beyond their quota, %d without stock\n", contest.Refused("QUOTA_EXCEEDED"),
              contest.Refused("STOCK_EXHAUSTED"));
}

}  // namespace
}  // namespace dialtone::testing
