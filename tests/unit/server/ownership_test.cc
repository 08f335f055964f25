#include "controlplane/server/ownership.h"

#include <gtest/gtest.h>

namespace dialtone::server {
namespace {

TEST(Ownership, IsLeftToOthersIfThereAreAny) {
  EXPECT_TRUE(ShouldLeave({"ann", "bob"}, "bob", 0));
  EXPECT_FALSE(ShouldLeave({"bob"}, "bob", 100));
}

TEST(Ownership, IsLeftByOneNodeAfterTheOtherSoThatOneStays) {
  EXPECT_FALSE(ShouldLeave({"ann", "bob", "cid"}, "ann", 1));
  EXPECT_FALSE(ShouldLeave({"ann", "bob", "cid"}, "bob", 0));
  EXPECT_TRUE(ShouldLeave({"ann", "bob", "cid"}, "cid", 0));
  EXPECT_TRUE(ShouldLeave({"ann", "bob"}, "bob", 1));
  EXPECT_FALSE(ShouldLeave({"ann"}, "ann", 2));
}

TEST(Ownership, IsLeftByTheFirstToOthersThatStay) {
  EXPECT_TRUE(ShouldLeave({"ann", "bob", "cid"}, "ann", 2));
}

}  // namespace
}  // namespace dialtone::server
