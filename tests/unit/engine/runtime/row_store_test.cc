#include "controlplane/engine/runtime/row_store.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "tests/support/temporary_folder.h"

namespace dialtone::engine {
namespace {

enum class Kind { kMemory, kRocks };

// Both stores keep the same promises.
class RowStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  RowStoreTest() { Reopen(); }

  void Reopen() {
    if (GetParam() == Kind::kMemory) {
      if (store_ == nullptr) store_ = std::make_unique<MemoryRowStore>();
      return;
    }
    store_.reset();
    auto opened = RocksRowStore::Open((folder_.path() / "rows").string());
    ASSERT_TRUE(opened) << opened.error();
    store_ = std::move(*opened);
  }
  std::vector<std::pair<std::string, std::string>> All(std::uint32_t partition) {
    std::vector<std::pair<std::string, std::string>> rows;
    store_->ForEach(partition, [&](std::string_view key, const std::string& row) {
      rows.emplace_back(key, row);
    });
    return rows;
  }

  TemporaryFolder folder_{TemporaryFolder::InMemory()};
  std::unique_ptr<RowStore> store_;
};

using Rows = std::vector<std::pair<std::string, std::string>>;

TEST_P(RowStoreTest, FindsWhatWasWrittenLast) {
  store_->Write(1, {{"a", "1"}, {"b", "2"}});
  store_->Write(1, {{"a", "3"}});
  EXPECT_EQ(store_->Find(1, "a"), "3");
  EXPECT_EQ(store_->Find(1, "b"), "2");
  EXPECT_EQ(store_->Find(1, "c"), std::nullopt);
}

TEST_P(RowStoreTest, ErasesRows) {
  store_->Write(1, {{"a", "1"}});
  store_->Write(1, {{"a", std::nullopt}, {"never", std::nullopt}});
  EXPECT_EQ(store_->Find(1, "a"), std::nullopt);
  EXPECT_TRUE(All(1).empty());
}

TEST_P(RowStoreTest, TakesTheLastOfARowThatStandsTwiceInABatch) {
  store_->Write(1, {{"a", "1"}, {"a", std::nullopt}, {"a", "2"}});
  EXPECT_EQ(store_->Find(1, "a"), "2");
}

TEST_P(RowStoreTest, KeepsPartitionsApart) {
  store_->Write(1, {{"a", "1"}});
  store_->Write(256, {{"a", "2"}});
  EXPECT_EQ(All(1), (Rows{{"a", "1"}}));
  EXPECT_EQ(All(256), (Rows{{"a", "2"}}));
  EXPECT_TRUE(All(0).empty());
}

TEST_P(RowStoreTest, GoesThroughRowsInTheOrderOfTheirKeys) {
  const std::string zero("b\0x", 3);
  store_->Write(1, {{"c", "3"}, {zero, "2"}, {"a", "1"}, {"\xff", "4"}});
  EXPECT_EQ(All(1), (Rows{{"a", "1"}, {zero, "2"}, {"c", "3"}, {"\xff", "4"}}));
}

TEST_P(RowStoreTest, HasEmptyRows) {
  store_->Write(1, {{"a", ""}});
  EXPECT_EQ(store_->Find(1, "a"), "");
}

TEST_P(RowStoreTest, KeepsWhatWasFlushed) {
  store_->Write(1, {{"a", "1"}});
  store_->Flush();
  Reopen();
  EXPECT_EQ(store_->Find(1, "a"), "1");
}

INSTANTIATE_TEST_SUITE_P(Both, RowStoreTest, ::testing::Values(Kind::kMemory, Kind::kRocks),
                         [](const auto& info) {
                           return info.param == Kind::kMemory ? "Memory" : "Rocks";
                         });

TEST(MemoryRowStore, FallsBackToWhatWasFlushedInACrash) {
  MemoryRowStore store;
  store.Write(1, {{"a", "1"}});
  store.Flush();
  store.Write(1, {{"a", "2"}, {"b", "2"}});
  store.Crash();
  EXPECT_EQ(store.Find(1, "a"), "1");
  EXPECT_EQ(store.Find(1, "b"), std::nullopt);
}

TEST(RocksRowStore, SaysWhyItCannotOpen) {
  const TemporaryFolder folder;
  const auto held = RocksRowStore::Open(folder.path().string());
  ASSERT_TRUE(held);
  const auto second = RocksRowStore::Open(folder.path().string());
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().find(folder.path().string()), std::string::npos);
}

}  // namespace
}  // namespace dialtone::engine
