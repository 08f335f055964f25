#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dialtone/ledger/v1/exercise.pb.h"
#include "projections/kernel/projection.h"
#include "tests/support/memory_view.h"

namespace dialtone::projections {
namespace {

using testing::HasSubstr;
using Row = ledger::v1::TransferStarted;

constexpr RowTable<Row> kRows{1};
constexpr RowTable<Row> kOthers{2};

Row Amount(std::int64_t amount) {
  Row row;
  row.set_amount(amount);
  return row;
}

TEST(RowWriter, SeesWhatTheSameBatchPutAndErased) {
  RowWriter rows;
  rows.Put(kRows, "a", Amount(1));
  EXPECT_EQ(rows.Get(kRows, "a")->amount(), 1);
  rows.Erase(kRows, "a");
  EXPECT_FALSE(rows.Get(kRows, "a"));
}

TEST(RowWriter, SeesEarlierBatchesBelowItsOwnChanges) {
  RowWriter first;
  first.Put(kRows, "a", Amount(1));
  first.Put(kRows, "b", Amount(2));
  MemoryRows stored;
  stored.Take(first.changes());

  RowWriter rows(stored);
  rows.Erase(kRows, "a");
  EXPECT_FALSE(rows.Get(kRows, "a"));
  EXPECT_EQ(rows.Get(kRows, "b")->amount(), 2);
}

TEST(RowWriter, KeepsTablesApart) {
  RowWriter rows;
  rows.Put(kRows, "a", Amount(1));
  EXPECT_FALSE(rows.Get(kOthers, "a"));
}

TEST(RowWriter, UpdatesARowThatIsThereOrNew) {
  RowWriter rows;
  const auto add = [](Row& row) { row.set_amount(row.amount() + 1); };
  rows.Update(kRows, "a", add);
  rows.Update(kRows, "a", add);
  EXPECT_EQ(rows.Get(kRows, "a")->amount(), 2);
  EXPECT_EQ(rows.changes().size(), 1u);
}

TEST(RowWriter, NamesTheEventThatNobodyKnows) {
  RowWriter rows;
  EXPECT_FALSE(rows.unknown());
  rows.Unknown(Amount(7));
  EXPECT_THAT(*rows.unknown(), HasSubstr("TransferStarted {amount: 7"));
}

}  // namespace
}  // namespace dialtone::projections
