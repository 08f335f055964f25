// What a ledger says of its appends while brokers die, stand still and come back must be true of
// the log that is left.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "tests/kafka/brokers.h"

namespace dialtone::engine {
namespace {

constexpr std::uint32_t kPartitions = 3;
constexpr std::size_t kInFlight = 4;  // of a partition, as the runtime has it
constexpr Duration kSoon = Duration::Millis(5);
constexpr Duration kLong = Duration::Seconds(60);

class KafkaOutageTest : public testing::Test {
 protected:
  void Open(const Brokers& brokers) {
    options_ = brokers.NewTopic(kPartitions);
    store_ = OpenStore();
    ASSERT_NE(store_, nullptr);
  }
  std::unique_ptr<KafkaLedgerStore> OpenStore() const {
    std::random_device device;
    auto store = KafkaLedgerStore::Open(
        options_, [&] { return std::uniform_int_distribution<std::uint64_t>()(device); });
    EXPECT_TRUE(store) << ToText(store.error());
    return store ? std::move(*store) : nullptr;
  }

  // Appends to every partition until so many more are stored in each.
  void AppendUntilStored(std::size_t more) {
    std::vector<std::size_t> goal;
    for (const auto& lane : stored_) goal.push_back(lane.size() + more);
    for (std::uint32_t number = 0; number < kPartitions; ++number) {
      while (stored_[number].size() < goal[number]) Turn();
    }
  }
  void AppendUntilOneFails() {
    const std::size_t before = failed_;
    while (failed_ == before) Turn();
  }
  // Every partition has its window full, and what is reported is noted.
  void Turn() {
    for (std::uint32_t number = 0; number < kPartitions; ++number) {
      Ledger& ledger = store_->partition(number);
      while (open_[number] < kInFlight) {
        ++open_[number];
        ledger.Append(Text(number, next_), next_);
        ++next_;
      }
      ledger.Poll(kSoon, [&](Cookie cookie, const AppendResult& result) {
        --open_[number];
        Note(number, cookie, result);
      });
    }
  }
  void Settle() {
    for (std::uint32_t number = 0; number < kPartitions; ++number) {
      while (open_[number] > 0) {
        store_->partition(number).Poll(kSoon, [&](Cookie cookie, const AppendResult& result) {
          --open_[number];
          Note(number, cookie, result);
        });
      }
    }
  }
  void Note(std::uint32_t number, Cookie cookie, const AppendResult& result) {
    if (result.fate == AppendFate::kStored) {
      const bool is_new = stored_[number].emplace(result.offset, cookie).second;
      EXPECT_TRUE(is_new) << "two records at offset " << result.offset;
    }
    failed_ += result.fate == AppendFate::kFailed ? 1 : 0;
  }

  // Each record that was told to be stored is at its place, no record is there twice, and no outage
  // was taken for damage. The log is read by another, which was not there: who appended has in
  // memory what the brokers may have lost.
  void ExpectTruth() {
    Settle();
    const auto reader = OpenStore();
    ASSERT_NE(reader, nullptr);
    for (std::uint32_t number = 0; number < kPartitions; ++number) {
      std::map<Offset, std::string> log;
      std::set<std::string> texts;
      const Ledger& ledger = reader->partition(number);
      for (Offset at = 1; at < ledger.End();) {
        const ReadResult read = ledger.Read(at, 1 << 20, kLong);
        ASSERT_FALSE(read.records.empty()) << "offset " << at << " cannot be read";
        for (const StoredRecord& record : read.records) {
          EXPECT_TRUE(texts.insert(record.bytes).second) << record.bytes << " is stored twice";
          log[record.offset] = record.bytes;
        }
        at = read.next;
      }
      EXPECT_EQ(store_->partition(number).Damage(), "");
      for (const auto& [offset, cookie] : stored_[number]) {
        EXPECT_EQ(log[offset], Text(number, cookie)) << "partition " << number << ", " << offset;
      }
    }
  }

  static std::string Text(std::uint32_t number, Cookie cookie) {
    return "record " + std::to_string(cookie) + " of partition " + std::to_string(number);
  }

  KafkaOptions options_;
  std::unique_ptr<KafkaLedgerStore> store_;
  Cookie next_ = 1;
  std::vector<std::size_t> open_ = std::vector<std::size_t>(kPartitions, 0);
  std::vector<std::map<Offset, Cookie>> stored_ =
      std::vector<std::map<Offset, Cookie>>(kPartitions);
  std::size_t failed_ = 0;
};

TEST_F(KafkaOutageTest, EachOfThreeBrokersIsKilledAndNothingStoredIsLost) {
  const Brokers& brokers = Brokers::Three();
  Open(brokers);
  AppendUntilStored(50);
  for (int broker = 0; broker < brokers.count(); ++broker) {
    brokers.Signal(broker, SIGKILL);
    AppendUntilStored(50);
    brokers.StartAgain();
    AppendUntilStored(50);
  }
  ExpectTruth();
  EXPECT_EQ(store_->stats().producers_replaced, 0u);
}

TEST_F(KafkaOutageTest, ABrokerThatStandsStillForTooLongFailsAppendsAndIsUsedAgain) {
  const Brokers& brokers = Brokers::One();
  Open(brokers);
  AppendUntilStored(50);
  brokers.Signal(0, SIGSTOP);
  AppendUntilOneFails();
  brokers.Signal(0, SIGCONT);
  AppendUntilStored(50);
  ExpectTruth();
  EXPECT_EQ(store_->stats().producers_replaced, 0u);
}

TEST_F(KafkaOutageTest, ASingleBrokerIsKilledAndComesBackWithItsLog) {
  const Brokers& brokers = Brokers::One();
  Open(brokers);
  AppendUntilStored(50);
  brokers.Signal(0, SIGKILL);
  brokers.StartAgain();
  AppendUntilStored(50);
  ExpectTruth();
}

}  // namespace
}  // namespace dialtone::engine
