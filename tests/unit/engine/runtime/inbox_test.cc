#include "controlplane/engine/runtime/inbox.h"

#include <gtest/gtest.h>

namespace dialtone::engine {
namespace {

ledger::v1::Cause CauseOf(std::uint32_t partition, std::uint64_t index, std::uint32_t step) {
  ledger::v1::Cause cause;
  cause.set_partition(partition);
  cause.set_index(index);
  cause.set_step(step);
  return cause;
}

TEST(Inbox, HasNothingAtFirst) {
  const Inbox inbox;
  EXPECT_FALSE(inbox.Has(CauseOf(0, 1, 0)));
  EXPECT_EQ(inbox.At(0), (InboxPosition{0, Inbox::kWholeEntry}));
}

TEST(Inbox, CountsACauseOnceAndThoseBeforeIt) {
  Inbox inbox;
  inbox.Take(CauseOf(2, 5, 1));
  EXPECT_TRUE(inbox.Has(CauseOf(2, 5, 1)));
  EXPECT_TRUE(inbox.Has(CauseOf(2, 5, 0)));
  EXPECT_TRUE(inbox.Has(CauseOf(2, 4, 9)));
  EXPECT_FALSE(inbox.Has(CauseOf(2, 5, 2)));
  EXPECT_FALSE(inbox.Has(CauseOf(2, 6, 0)));
}

TEST(Inbox, KeepsPartitionsApart) {
  Inbox inbox;
  inbox.Take(CauseOf(2, 5, 1));
  EXPECT_FALSE(inbox.Has(CauseOf(1, 1, 0)));
}

TEST(Inbox, MovesPastEntriesThatAskedNothing) {
  Inbox inbox;
  inbox.Take(CauseOf(1, 3, 0));
  ledger::v1::InboxProgress progress;
  progress.set_partition(1);
  progress.set_index(8);
  inbox.Take(progress);
  EXPECT_TRUE(inbox.Has(CauseOf(1, 8, 7)));
  EXPECT_FALSE(inbox.Has(CauseOf(1, 9, 0)));
}

}  // namespace
}  // namespace dialtone::engine
