#include "controlplane/engine/ledger/acknowledged.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace dialtone::engine {
namespace {

using testing::HasSubstr;

class AcknowledgedTest : public testing::Test {
 protected:
  AcknowledgedTest() { EXPECT_TRUE(Acknowledged::Create(path_, tails_)); }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "acknowledged";
  const std::vector<Tail> tails_ = {{0, Sha256("a")}, {5, Sha256("b")}};
};

TEST_F(AcknowledgedTest, ReadsBackWhatItWasMadeWith) {
  EXPECT_EQ((*Acknowledged::Open(path_, 2))->tails(), tails_);
}

TEST_F(AcknowledgedTest, KeepsTheLastTailOfEachPartition) {
  const Tail first{6, Sha256("c")};
  const Tail second{7, Sha256("d")};
  {
    const auto file = std::move(*Acknowledged::Open(path_, 2));
    file->Write({{1, first}});
    file->Write({{1, second}});
  }
  EXPECT_EQ((*Acknowledged::Open(path_, 2))->tails(), (std::vector<Tail>{tails_[0], second}));
}

TEST_F(AcknowledgedTest, NoticesEveryByteThatWasChanged) {
  for (int at = 0; at < 128; ++at) {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(at);
    const char was = static_cast<char>(file.get());
    file.seekp(at);
    file.put(static_cast<char>(was ^ 1));
    file.flush();
    const auto opened = Acknowledged::Open(path_, 2);
    ASSERT_FALSE(opened) << at;
    EXPECT_THAT(ToText(opened.error()),
                HasSubstr("was changed at partition " + std::to_string(at / 64)));
    file.seekp(at);
    file.put(was);
  }
  EXPECT_TRUE(Acknowledged::Open(path_, 2));
}

TEST_F(AcknowledgedTest, IsOfOnePartitionCount) {
  const auto opened = Acknowledged::Open(path_, 4);
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()), HasSubstr("has 128 bytes instead of 256"));
}

TEST_F(AcknowledgedTest, IsRefusedWhenItIsMissing) {
  const auto opened = Acknowledged::Open(folder_.path() / "elsewhere", 2);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, LedgerFault::kSystem);
}

TEST_F(AcknowledgedTest, IsRefusedWhereItCannotBeMade) {
  const auto made = Acknowledged::Create(folder_.path() / "no" / "folder", tails_);
  ASSERT_FALSE(made);
  EXPECT_THAT(ToText(made.error()), HasSubstr("No such file or directory"));
}

}  // namespace
}  // namespace dialtone::engine
