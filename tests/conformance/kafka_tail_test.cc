// What the ledger on Kafka fetches, and what it has no need to, on librdkafka's mock cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "tests/support/mock_kafka.h"

namespace dialtone::engine {
namespace {

using testing::ElementsAre;
using testing::ElementsAreArray;

constexpr Duration kLong = Duration::Seconds(60);
constexpr std::size_t kEnough = 1U << 20U;
constexpr std::size_t kAppendsMax = 100'000;

class KafkaTailTest : public testing::Test {
 protected:
  std::unique_ptr<KafkaLedgerStore> Open() {
    auto store = KafkaLedgerStore::Open(kafka_.options(), [this] { return random_(); });
    EXPECT_TRUE(store) << ToText(store.error());
    return store ? std::move(*store) : nullptr;
  }
  static AppendResult Append(KafkaLedgerStore& store, const std::string& record) {
    Ledger& ledger = store.partition(0);
    ledger.Append(record, 1);
    std::optional<AppendResult> known;
    while (!known) ledger.Poll(kLong, [&](Cookie, const AppendResult& result) { known = result; });
    return *known;
  }
  // Appends until nothing is fetched of the partition any more. Gives what it appended.
  static std::vector<std::string> MakeOwn(KafkaLedgerStore& store) {
    std::vector<std::string> records;
    while (store.stats().partitions_followed == 2 && records.size() < kAppendsMax) {
      records.push_back("own " + std::to_string(records.size()));
      EXPECT_EQ(Append(store, records.back()).fate, AppendFate::kStored);
    }
    EXPECT_LT(records.size(), kAppendsMax) << "it is fetched all the same";
    return records;
  }
  static std::vector<std::string> Read(KafkaLedgerStore& store, Offset from, std::size_t count) {
    std::vector<std::string> records;
    while (records.size() < count) {
      const ReadResult read = store.partition(0).Read(from, kEnough, kLong);
      if (read.records.empty()) break;
      for (const StoredRecord& record : read.records) records.push_back(record.bytes);
      from = read.next;
    }
    return records;
  }

  MockKafka kafka_{2};
  std::mt19937_64 random_{1};
};

TEST_F(KafkaTailTest, FetchesNothingOfAPartitionThatItAppendsTo) {
  const auto store = Open();
  const Offset first = store->partition(0).End();
  const std::vector<std::string> records = MakeOwn(*store);
  EXPECT_THAT(Read(*store, first, records.size()), ElementsAreArray(records));
}

TEST_F(KafkaTailTest, SeesWhatAnotherAppendsWhenItsOwnAppendsPause) {
  const auto store = Open();
  const auto other = Open();
  MakeOwn(*store);
  const Offset end = store->partition(0).End();
  ASSERT_EQ(Append(*other, "theirs").fate, AppendFate::kStored);
  EXPECT_THAT(Read(*store, end, 1), ElementsAre("theirs"));
  EXPECT_EQ(store->stats().partitions_followed, 2u);
}

TEST_F(KafkaTailTest, HasWhatAnotherAppendedBetweenItsOwn) {
  const auto store = Open();
  const auto other = Open();
  MakeOwn(*store);
  const Offset end = store->partition(0).End();
  ASSERT_EQ(Append(*other, "theirs").fate, AppendFate::kStored);
  EXPECT_EQ(Append(*store, "own").offset, end + 1);
  EXPECT_THAT(Read(*store, end, 2), ElementsAre("theirs", "own"));
}

// The end that brokers are asked for lies beyond what the appends say.
TEST_F(KafkaTailTest, HasWhatAnotherAppendedInTheDoubtfulOnesPlace) {
  const auto store = Open();
  const auto other = Open();
  MakeOwn(*store);
  const Offset end = store->partition(0).End();
  ASSERT_EQ(Append(*other, "theirs").fate, AppendFate::kStored);
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  EXPECT_EQ(Append(*store, "lost").fate, AppendFate::kUnknown);
  EXPECT_THAT(Read(*store, end, 1), ElementsAre("theirs"));
}

TEST_F(KafkaTailTest, ReadsNothingBackOnceItIsOpen) {
  const auto writer = Open();
  for (int i = 0; i < 4; ++i) Append(*writer, std::string(500'000, 'x'));
  EXPECT_EQ(Open()->stats().partitions_read_back, 0u);
}

TEST_F(KafkaTailTest, ReadsNothingBackOnceItsReaderHasCaughtUp) {
  const auto writer = Open();
  Append(*writer, "before");
  const auto store = Open();
  const Offset end = store->partition(0).End();
  Append(*writer, "after");
  Ledger& ledger = store->partition(0);
  ASSERT_EQ(ledger.Read(end, kEnough, kLong).records.size(), 1u);
  const ReadResult page = ledger.Read(end - 1, 1, kLong);
  ASSERT_EQ(page.next, end);
  EXPECT_EQ(store->stats().partitions_read_back, 1u) << "there may be more for its reader";
  EXPECT_THAT(Read(*store, page.next, 1), ElementsAre("after"));
  EXPECT_EQ(store->stats().partitions_read_back, 0u);
}

TEST_F(KafkaTailTest, EndsReadingBackWhenItsReaderDoesNotComeAgain) {
  const auto writer = Open();
  for (const char* const record : {"1", "2", "3"}) Append(*writer, record);
  const auto store = Open();
  ASSERT_EQ(store->partition(0).Read(1, 1, kLong).records.size(), 1u);
  ASSERT_EQ(store->stats().partitions_read_back, 1u);
  // Whoever reads no more still polls.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (store->stats().partitions_read_back > 0 && std::chrono::steady_clock::now() < until)
    Append(*store, "own");
  EXPECT_EQ(store->stats().partitions_read_back, 0u);
}

}  // namespace
}  // namespace dialtone::engine
