#include "controlplane/server/address.h"

#include <gtest/gtest.h>

namespace dialtone::server {
namespace {

TEST(Address, OfAnotherMachineIsReachedFromElsewhere) {
  for (const char* const address : {"10.0.0.1:7400", "node-1:7400", "[fd00::1]:7400"})
    EXPECT_EQ(ReachOf(address), Reach::kElsewhere) << address;
}

TEST(Address, OfALoopbackIsReachedFromThisMachine) {
  for (const char* const address :
       {"127.0.0.1:7400", "127.1.2.3:0", "localhost:7400", "[::1]:7400"})
    EXPECT_EQ(ReachOf(address), Reach::kThisMachine) << address;
}

TEST(Address, OfEverywhereOrOfNothingIsReachedFromNowhere) {
  for (const char* const address : {"0.0.0.0:7400", "[::]:7400", "*:7400", ":7400", "node-1",
                                    "node-1:", "node-1:http", "0:7400", ""})
    EXPECT_EQ(ReachOf(address), Reach::kNowhere) << address;
}

}  // namespace
}  // namespace dialtone::server
