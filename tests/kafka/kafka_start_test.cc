// Which topics of a real broker a ledger is opened on, and which are refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/kernel/digest.h"
#include "tests/kafka/brokers.h"

namespace dialtone::engine {
namespace {

using testing::Contains;
using testing::HasSubstr;

using Opened = LedgerExpected<std::unique_ptr<KafkaLedgerStore>>;

Opened Open(const KafkaOptions& options) {
  std::random_device device;
  return KafkaLedgerStore::Open(
      options, [&] { return std::uniform_int_distribution<std::uint64_t>()(device); });
}

// Why it is refused, or nothing.
std::string Refusal(const KafkaOptions& options) {
  const Opened opened = Open(options);
  return opened ? "" : ToText(opened.error());
}

void Append(Ledger& ledger, const std::string& record) {
  ledger.Append(record, 1);
  AppendFate fate = AppendFate::kFailed;
  ledger.Poll(Duration::Seconds(60),
              [&](Cookie, const AppendResult& result) { fate = result.fate; });
  ASSERT_EQ(fate, AppendFate::kStored);
}

// By hand, without the ledger's own checks.
void Write(const KafkaOptions& options, std::int32_t partition, std::string record) {
  const auto client = OpenKafka(options, KafkaRole::kAppend);
  ASSERT_TRUE(client) << ToText(client.error());
  ASSERT_EQ(rd_kafka_produce(client->topic.get(), partition, RD_KAFKA_MSG_F_COPY, record.data(),
                             record.size(), nullptr, 0, nullptr),
            0);
  const KafkaQueue events(rd_kafka_queue_get_main(client->handle.get()));
  rd_kafka_event_type_t type = RD_KAFKA_EVENT_NONE;
  while (type != RD_KAFKA_EVENT_DR)
    type = rd_kafka_event_type(KafkaEvent(rd_kafka_queue_poll(events.get(), 30'000)).get());
}

TEST(KafkaStart, SaysThatADevelopmentBrokerIsOne) {
  KafkaOptions options = Brokers::One().NewTopic(1);
  std::vector<std::string> told;
  options.tell = [&](std::string_view text) { told.emplace_back(text); };
  ASSERT_TRUE(Open(options));
  EXPECT_THAT(told, Contains(HasSubstr("replicas: expected 3 or more, found 1")));
}

TEST(KafkaStart, SaysHowASingleBrokerPassesWhenThereIsNoTopicYet) {
  KafkaOptions options = Brokers::One().NewTopic(1);
  options.kind = KafkaBrokers::kReplicated;
  EXPECT_THAT(Refusal(options), HasSubstr("; a single broker passes with --kafka development"));
}

TEST(KafkaStart, IsRefusedOnASingleBrokerThatIsNotForDevelopment) {
  KafkaOptions options = Brokers::One().NewTopic(1);
  ASSERT_TRUE(Open(options));
  options.kind = KafkaBrokers::kReplicated;
  EXPECT_THAT(Refusal(options), HasSubstr("replicas: expected 3 or more, found 1"));
}

TEST(KafkaStart, NeedsNoFlagOnThreeBrokers) {
  KafkaOptions options = Brokers::Three().NewTopic(2);
  std::vector<std::string> told;
  options.tell = [&](std::string_view text) { told.emplace_back(text); };
  EXPECT_EQ(Refusal(options), "");
  EXPECT_THAT(told, testing::ElementsAre(HasSubstr("a ledger is made")));
}

TEST(KafkaStart, IsRefusedOnATopicOfAnotherPartitionCount) {
  KafkaOptions options = Brokers::One().NewTopic(2);
  ASSERT_TRUE(Open(options));
  options.partition_count = 3;
  EXPECT_THAT(Refusal(options), HasSubstr("partitions: expected 3, found 2"));
}

TEST(KafkaStart, IsRefusedOnATopicThatForgets) {
  const KafkaOptions compacted = Brokers::One().NewTopic(1);
  Brokers::One().Make(compacted, {{"cleanup.policy", "compact"}});
  EXPECT_THAT(Refusal(compacted), HasSubstr("cleanup.policy: expected delete, found compact"));
  const KafkaOptions aging = Brokers::One().NewTopic(1);
  Brokers::One().Make(aging, {{"retention.ms", "3600000"}});
  EXPECT_THAT(Refusal(aging), HasSubstr("retention.ms: expected -1, found 3600000"));
}

TEST(KafkaStart, IsRefusedOnATopicOfSomebodyElse) {
  const KafkaOptions bare = Brokers::One().NewTopic(1);
  Brokers::One().Make(bare, {});
  Write(bare, 0, "not a record of a ledger");
  const Opened opened = Open(bare);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, LedgerFault::kDamaged);
  EXPECT_THAT(ToText(opened.error()), HasSubstr("partition 0, offset 0: malformed"));
}

TEST(KafkaStart, IsRefusedOnATopicOfTwoLedgers) {
  const KafkaOptions mixed = Brokers::One().NewTopic(2);
  Brokers::One().Make(mixed, {});
  const auto ours = ClusterId::FromBytes("one cluster of 2");
  const auto other = ClusterId::FromBytes("another cluster.");
  Write(mixed, 0, GenesisRecord(ours, 0, 2));
  Write(mixed, 1, GenesisRecord(other, 1, 2));
  const Opened opened = Open(mixed);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, LedgerFault::kForeign);
  EXPECT_THAT(ToText(opened.error()),
              HasSubstr("partition 1, offset 0: genesis_foreign: cluster: expected " +
                        ToHex(ours.bytes()) + ", found " + ToHex(other.bytes())));
}

TEST(KafkaStart, IsRefusedWhereNobodyListens) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.open_timeout = Duration::Millis(500);
  const Opened opened = Open(options);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, LedgerFault::kUnreachable);
}

TEST(KafkaStart, GivesTwoNodesThatMakeTheLedgerTogetherTheSameCluster) {
  const KafkaOptions options = Brokers::One().NewTopic(4);
  Opened first;
  Opened second;
  std::thread other([&] { second = Open(options); });
  first = Open(options);
  other.join();
  ASSERT_TRUE(first) << ToText(first.error());
  ASSERT_TRUE(second) << ToText(second.error());
  EXPECT_EQ((*first)->cluster(), (*second)->cluster());
  for (std::uint32_t number = 0; number < 4; ++number) {
    for (auto* const store : {first->get(), second->get()}) {
      const ReadResult read = store->partition(number).Read(0, 1, Duration::Seconds(60));
      ASSERT_EQ(read.records.size(), 1u);
      const auto record = ParseRecord(read.records[0].bytes);
      ASSERT_TRUE(record && record->has_genesis());
      EXPECT_EQ(record->genesis().cluster_id(), (*first)->cluster().bytes());
    }
    Append((*first)->partition(number), "of the first");
    Append((*second)->partition(number), "of the second");
  }
}

TEST(KafkaStart, IsRefusedOnATopicThatTakesNoLargeEntry) {
  const KafkaOptions small = Brokers::One().NewTopic(1);
  Brokers::One().Make(small, {{"retention.ms", "-1"}, {"max.message.bytes", "500000"}});
  EXPECT_THAT(Refusal(small), HasSubstr("max.message.bytes: expected 1000000 or more, found"));
}

// Everything that the topic had is gone, and whoever makes it again knows nothing of that.
TEST(KafkaNodes, NoticeATopicThatIsMadeAgain) {
  const Brokers& brokers = Brokers::One();
  const KafkaOptions options = brokers.NewTopic(1);
  const Opened opened = Open(options);
  ASSERT_TRUE(opened);
  Ledger& ledger = (*opened)->partition(0);
  for (int i = 0; i < 5; ++i) Append(ledger, "lost");
  EXPECT_EQ(ledger.Damage(), "");
  std::mutex mutex;
  std::condition_variable told;
  (*opened)->OnNews([&] {
    const std::lock_guard lock(mutex);
    told.notify_all();
  });
  brokers.Delete(options);
  brokers.Make(options, {});
  std::unique_lock lock(mutex);
  EXPECT_TRUE(
      told.wait_for(lock, std::chrono::seconds(90), [&] { return !ledger.Damage().empty(); }));
  lock.unlock();
  (*opened)->OnNews(nullptr);
  EXPECT_THAT(ledger.Damage(), HasSubstr("cut off, or made again"));
}

TEST(KafkaNodes, ReadWhatTheOthersAppend) {
  const KafkaOptions options = Brokers::One().NewTopic(2);
  const Opened first = Open(options);
  ASSERT_TRUE(first);
  const Opened second = Open(options);
  ASSERT_TRUE(second);
  Append((*first)->partition(1), "of the first");
  ReadResult read = (*second)->partition(1).Read(1, 1 << 20, Duration::Seconds(60));
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].bytes, "of the first");
  Append((*second)->partition(1), "of the second");
  read = (*first)->partition(1).Read(2, 1 << 20, Duration::Seconds(60));
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].bytes, "of the second");
}

// Far more than is kept in memory, from the beginning and from the middle.
TEST(KafkaNodes, ReadALongHistory) {
  const KafkaOptions options = Brokers::One().NewTopic(1);
  const Opened opened = Open(options);
  ASSERT_TRUE(opened);
  Ledger& ledger = (*opened)->partition(0);
  constexpr Offset kCount = 300;
  for (Offset at = 1; at <= kCount; ++at) ledger.Append(std::string(100'000, 'x'), at);
  std::size_t stored = 0;
  while (stored < kCount) {
    ledger.Poll(Duration::Seconds(60), [&](Cookie, const AppendResult& result) {
      ASSERT_EQ(result.fate, AppendFate::kStored);
      ++stored;
    });
  }
  for (const Offset from : {Offset{1}, Offset{150}, Offset{1}}) {
    Offset at = from;
    while (at <= kCount) {
      const ReadResult read = ledger.Read(at, 4 << 20, Duration::Seconds(60));
      ASSERT_FALSE(read.records.empty());
      for (const StoredRecord& record : read.records) ASSERT_EQ(record.offset, at++);
      ASSERT_EQ(read.next, at);
      ASSERT_EQ(read.at_end, at == kCount + 1);
    }
  }
}

}  // namespace
}  // namespace dialtone::engine
