// What the ledger on Kafka says, and how long it takes, while its brokers are away or do not have
// any more what they had; and a whole node on it, which is told to end. On librdkafka's mock
// cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/engine/runtime/loop.h"
#include "controlplane/policy/loader.h"
#include "tests/support/mock_kafka.h"
#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Steady = std::chrono::steady_clock;

constexpr Duration kLong = Duration::Seconds(60);
constexpr std::size_t kEverything = 1 << 20;
constexpr std::size_t kMany = 10'000;

class KafkaAwayTest : public ::testing::Test {
 protected:
  KafkaAwayTest() : options_(kafka_.options()) { options_.append_timeout = Duration::Millis(800); }
  void Open() {
    store_.reset();
    std::mt19937_64 random(1);
    auto store = KafkaLedgerStore::Open(options_, [&] { return random(); });
    ASSERT_TRUE(store) << ToText(store.error());
    store_ = std::move(*store);
  }
  void Store(const std::string& record) { Store(*store_, record); }
  static void Store(KafkaLedgerStore& store, const std::string& record) {
    Ledger& ledger = store.partition(0);
    AppendFate fate = AppendFate::kFailed;
    ledger.Append(record, 1);
    ledger.Poll(kLong, [&](Cookie, const AppendResult& result) { fate = result.fate; });
    ASSERT_EQ(fate, AppendFate::kStored);
  }
  // How long it took, in milliseconds.
  template <class Act>
  static std::int64_t Millis(Act act) {
    const auto began = Steady::now();
    act();
    return std::chrono::duration_cast<std::chrono::milliseconds>(Steady::now() - began).count();
  }

  MockKafka kafka_{1};
  KafkaOptions options_;
  std::unique_ptr<KafkaLedgerStore> store_;
};

TEST_F(KafkaAwayTest, AReadThatDoesNotWaitGivesNothingAtOnce) {
  Open();
  Store("before");
  Open();
  kafka_.GoDown();
  ReadResult read;
  EXPECT_LT(Millis([&] { read = store_->partition(0).Read(0, kEverything, Duration()); }), 1'000);
  EXPECT_THAT(read.records, IsEmpty());
  EXPECT_FALSE(read.at_end);
  EXPECT_EQ(read.next, 0u);
  EXPECT_LT(
      Millis([&] { read = store_->partition(0).Read(0, kEverything, Duration::Millis(300)); }),
      3'000);
  EXPECT_THAT(read.records, IsEmpty());
  kafka_.ComeUp();
  EXPECT_EQ(store_->partition(0).Read(0, kEverything, kLong).records.size(), 2u);
}

TEST_F(KafkaAwayTest, TheEndIsAskedForWithABound) {
  const auto history = KafkaHistory::Open(options_);
  ASSERT_TRUE(history);
  ASSERT_TRUE((*history)->AskEnd(0, kLong));
  ASSERT_EQ(*(*history)->AskBegin(0, kLong), 0u);
  kafka_.GoDown();
  EXPECT_LT(Millis([&] { EXPECT_FALSE((*history)->AskEnd(0, Duration::Millis(500))); }), 5'000);
}

TEST_F(KafkaAwayTest, ABrokerThatDeniesAnOffsetOnceIsAskedAgain) {
  Open();
  Store("one");
  std::promise<void> told;
  options_.tell = [&, once = std::make_shared<std::once_flag>()](std::string_view text) {
    if (text.find("is asked again about partition 0") != text.npos)
      std::call_once(*once, [&] { told.set_value(); });
  };
  Open();
  kafka_.AnswerFetch(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  ASSERT_EQ(told.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  const Offset end = store_->partition(0).End();
  std::mt19937_64 random(2);
  const auto other = KafkaLedgerStore::Open(kafka_.options(), [&] { return random(); });
  ASSERT_TRUE(other);
  Store(**other, "two");
  EXPECT_EQ(store_->partition(0).Read(end, kEverything, kLong).records.size(), 1u);
  EXPECT_EQ(store_->partition(0).Damage(), "");
}

TEST_F(KafkaAwayTest, AnOffsetThatStaysGoneIsDamage) {
  Open();
  Store("one");
  EXPECT_EQ(store_->partition(0).Damage(), "");
  std::promise<void> told;
  std::once_flag once;
  store_->OnNews([&] {
    if (!store_->partition(0).Damage().empty()) std::call_once(once, [&] { told.set_value(); });
  });
  kafka_.AnswerFetches(kMany, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(told.get_future().wait_for(std::chrono::seconds(60)), std::future_status::ready);
  store_->OnNews(nullptr);
  EXPECT_THAT(store_->partition(0).Damage(), HasSubstr("cut off, or made again"));
}

// What a node is told to make, and finds made half by another.
class KafkaGenesisTest : public ::testing::Test {
 protected:
  KafkaGenesisTest() : options_(kafka_.options()) {}

  void Write(std::uint32_t partition, const std::string& record) {
    KafkaEnds ends({0, 0}, kLong);
    auto appender = KafkaAppender::Open(
        options_, ends, [](std::uint32_t) { return std::optional<Offset>(); },
        [](std::uint32_t, const StoredRecord&) {});
    ASSERT_TRUE(appender);
    bool stored = false;
    (*appender)->Append(partition, record, 1);
    (*appender)->Poll(partition, kLong, [&](Cookie, const AppendResult& result) {
      stored = result.fate == AppendFate::kStored;
    });
    ASSERT_TRUE(stored);
  }
  void WriteGenesis(std::uint32_t partition) {
    Write(partition, GenesisRecord(cluster_, partition, 2));
  }
  void WriteClaim(std::uint32_t partition) {
    ledger::v1::Claim claim;
    claim.set_term(1);
    claim.set_writer(std::string(16, 'w'));
    Write(partition, ClaimRecord(claim));
  }
  auto Open() {
    std::mt19937_64 random(1);
    return KafkaLedgerStore::Open(options_, [&] { return random(); });
  }

  MockKafka kafka_{2};
  KafkaOptions options_;
  const ClusterId cluster_ = ClusterId::FromBytes("a cluster of 16 ");
};

TEST_F(KafkaGenesisTest, IsMadeBesideANodeThatMakesAndUsesTheLedgerMeanwhile) {
  WriteGenesis(0);
  WriteClaim(0);
  options_.tell = [this](std::string_view text) {
    if (text.find("a ledger is made") != text.npos) WriteGenesis(1);
  };
  const auto opened = Open();
  ASSERT_TRUE(opened) << ToText(opened.error());
  EXPECT_EQ((*opened)->cluster(), cluster_);
  EXPECT_EQ((*opened)->partition(1).End(), 1u) << "nothing was written twice";
}

TEST_F(KafkaGenesisTest, IsRefusedWhereAPartitionIsEmptyBesideOneThatWasUsed) {
  WriteGenesis(0);
  WriteClaim(0);
  const auto opened = Open();
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()),
              HasSubstr("partition 0, offset 1: a partition beside it is empty"));
}

TEST_F(KafkaGenesisTest, IsMadeWholeWhereItWasMadeHalf) {
  WriteGenesis(0);
  const auto opened = Open();
  ASSERT_TRUE(opened) << ToText(opened.error());
  EXPECT_EQ((*opened)->cluster(), cluster_);
}

class KafkaNodeTest : public KafkaAwayTest {
 protected:
  static NodeOptions Options() {
    NodeOptions options;
    options.claim_wait = Duration();
    options.random = [random = std::mt19937_64(7)]() mutable { return random(); };
    return options;
  }
  void Start() {
    Open();
    node_ = std::make_unique<Node>(
        Options(), *store_, rows_, reactor_, *policy::BuiltIn(),
        [](std::uint32_t) { return std::make_unique<testing::ToyMachine>(); });
    ASSERT_TRUE(node_->Load());
    node_->partition(0).Assign(clock_.Now());
    loop_ = std::make_unique<Loop>(*node_, clock_);
    store_->OnNews([this] { loop_->Wake(); });
    loop_->Start();
    while (RoleNow() != Role::kOwner) std::this_thread::yield();
  }
  void Stop() {
    loop_->Drain();
    store_->OnNews(nullptr);
    loop_.reset();
    node_.reset();
  }
  Role RoleNow() {
    std::promise<Role> role;
    loop_->Run([&](Node& node) { role.set_value(node.partition(0).role()); });
    return role.get_future().get();
  }
  std::string StopReasonNow() {
    std::promise<std::string> reason;
    loop_->Run([&](Node& node) { reason.set_value(node.partition(0).stop_reason()); });
    return reason.get_future().get();
  }
  std::future<std::string> Deposit(std::uint64_t number) {
    const AggregateKey key = testing::AccountKey(1);
    const auto body = testing::CountUsage("source", number, 5);
    auto heard = std::make_shared<std::promise<std::string>>();
    loop_->Submit(Command::FromClient(
        key, testing::ToyRequest(testing::ToyRequestId(since_, number), body), Mode::kCommit,
        testing::DecideToy(key, body), [heard](const ledger::v1::Answer& answer, const Token&) {
          heard->set_value(answer.has_refusal() ? answer.refusal().reason() : "done");
        }));
    return heard->get_future();
  }

  testing::ToyReactor reactor_;
  MemoryRowStore rows_;
  WallClock clock_;
  const Timestamp since_ = clock_.Now();
  std::unique_ptr<Node> node_;
  std::unique_ptr<Loop> loop_;
};

// What it appended, what it is asked for again and what it has to leave: all of it needs brokers.
TEST_F(KafkaNodeTest, EndsInTimeThoughAllBrokersAreAway) {
  Start();
  EXPECT_EQ(Deposit(1).get(), "done");
  Stop();
  Start();
  kafka_.GoDown();
  std::future<std::string> repeat = Deposit(1);
  EXPECT_EQ(repeat.get(), "OUTCOME_UNKNOWN_RETRY_SAME_ID") << "its entry lies behind the ring";
  std::future<std::string> fresh = Deposit(2);
  EXPECT_LT(Millis([&] { Stop(); }), 14'000);
  EXPECT_NE(fresh.get(), "done");
}

TEST_F(KafkaNodeTest, GivesARepeatTheFirstAnswerFromFarBack) {
  Start();
  EXPECT_EQ(Deposit(1).get(), "done");
  Stop();
  Start();
  EXPECT_EQ(Deposit(1).get(), "done");
  Stop();
}

TEST_F(KafkaNodeTest, StopsWithTheReasonWhenItsLogIsNotWhatItWas) {
  Start();
  EXPECT_EQ(Deposit(1).get(), "done");
  kafka_.AnswerFetches(kMany, RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  const auto until = Steady::now() + std::chrono::seconds(60);
  while (RoleNow() != Role::kStopped && Steady::now() < until) std::this_thread::yield();
  EXPECT_EQ(RoleNow(), Role::kStopped);
  EXPECT_THAT(StopReasonNow(), HasSubstr("cut off, or made again"));
  EXPECT_EQ(Deposit(2).get(), "NOT_THE_OWNER");
  Stop();
}

}  // namespace
}  // namespace dialtone::engine
