#include "controlplane/server/storage.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace dialtone::server {
namespace {

// Gives one record at a time, and after the last one nothing.
class SlowLedger final : public engine::Ledger {
 public:
  SlowLedger(std::vector<std::string> records, engine::Offset end)
      : records_(std::move(records)), end_(end) {}
  void Append(std::string, engine::Cookie) override {}
  void Poll(Duration,
            absl::FunctionRef<void(engine::Cookie, const engine::AppendResult&)>) override {}
  engine::ReadResult Read(engine::Offset from, std::size_t, Duration) const override {
    if (from >= records_.size()) return {{}, from, from >= end_};
    return {{engine::StoredRecord{from, records_[from]}}, from + 1, from + 1 == end_};
  }
  engine::Offset End() const override { return end_; }
  std::string Damage() const override { return {}; }

 private:
  const std::vector<std::string> records_;
  const engine::Offset end_;
};

const std::string kGenesis = engine::GenesisRecord(engine::ClusterId(), 0, 1);
const std::string kClaim = engine::ClaimRecord(ledger::v1::Claim());

TEST(IsUsed, IsNotSoWithoutMoreThanItsBeginning) {
  EXPECT_FALSE(IsUsed(SlowLedger({}, 0)));
  EXPECT_FALSE(IsUsed(SlowLedger({kGenesis}, 1)));
  EXPECT_FALSE(IsUsed(SlowLedger({kGenesis, kGenesis}, 2))) << "of two nodes that began it at once";
}

TEST(IsUsed, IsSoOfAClaimThatIsReadLater) {
  EXPECT_TRUE(IsUsed(SlowLedger({kGenesis, kGenesis, kClaim}, 3)));
}

TEST(IsUsed, IsSoOfWhatCannotBeRead) {
  EXPECT_TRUE(IsUsed(SlowLedger({kGenesis}, 2)));
  EXPECT_TRUE(IsUsed(SlowLedger({"no record"}, 1)));
}

class CannotLoadTest : public testing::Test {
 protected:
  CannotLoadTest() {
    on_disk_.data = "/srv/dialtone";
    on_kafka_ = on_disk_;
    on_kafka_.ledger = "kafka://a:1";
  }
  const engine::LoadError away_{engine::LoadError::Of::kLedger,
                                "the ledger of partition 3 cannot be read now"};
  const engine::LoadError harmed_{engine::LoadError::Of::kRows, "a checkpoint that cannot be read"};
  Config on_disk_;
  Config on_kafka_;
};

TEST_F(CannotLoadTest, AsksToStartAgainWhileBrokersAreAwayAndToRemoveNothing) {
  const StartError error = CannotLoad(on_kafka_, away_).value();
  EXPECT_EQ(error.exit_code, ExitCode::kOther);
  EXPECT_EQ(error.what,
            "the ledger of partition 3 cannot be read now: its brokers do not answer; start again "
            "when they do");
}

TEST_F(CannotLoadTest, SaysThatHarmedRowsMayBeMadeAgain) {
  const StartError error = CannotLoad(on_disk_, harmed_).value();
  EXPECT_EQ(error.exit_code, ExitCode::kIntegrity);
  EXPECT_EQ(error.what,
            "a checkpoint that cannot be read; the folder /srv/dialtone/rows may be removed: the "
            "ledger has it all");
}

TEST_F(CannotLoadTest, WarnsOnKafkaThatRowsAreTheOnlyWitnessOfTheLog) {
  const StartError error = CannotLoad(on_kafka_, harmed_).value();
  EXPECT_EQ(error.exit_code, ExitCode::kIntegrity);
  EXPECT_THAT(error.what, testing::HasSubstr("without it nobody notices here if the log was cut "
                                             "off, or made again"));
}

}  // namespace
}  // namespace dialtone::server
