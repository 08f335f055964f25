// What the ledger on Kafka says of appends that go wrong, on librdkafka's mock cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/kafka_appender.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "tests/support/mock_kafka.h"

namespace dialtone::engine {
namespace {

using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr Duration kLong = Duration::Seconds(60);

struct Completion {
  Cookie cookie = 0;
  AppendFate fate = AppendFate::kFailed;
  Offset offset = 0;
  friend bool operator==(const Completion&, const Completion&) = default;
};
void PrintTo(const Completion& one, std::ostream* out) {
  *out << "cookie " << one.cookie << " fate " << static_cast<int>(one.fate) << " at " << one.offset;
}

class KafkaFaultsTest : public testing::Test {
 protected:
  KafkaFaultsTest() : options_(kafka_.options()) {
    options_.append_timeout = Duration::Millis(1'500);
  }
  void Open() {
    std::mt19937_64 random(1);
    auto store = KafkaLedgerStore::Open(options_, [&] { return random(); });
    ASSERT_TRUE(store) << ToText(store.error());
    store_ = std::move(*store);
    first_ = ledger().End();
  }
  Ledger& ledger() { return store_->partition(0); }
  std::vector<Completion> Complete(std::size_t count) {
    std::vector<Completion> completions;
    while (completions.size() < count) {
      ledger().Poll(kLong, [&](Cookie cookie, const AppendResult& result) {
        completions.push_back({cookie, result.fate, result.offset});
      });
    }
    return completions;
  }
  // What stands behind the genesis record, which a slow start may have written twice.
  std::vector<std::string> Records() {
    std::vector<std::string> records;
    Offset at = first_;
    while (at < ledger().End()) {
      const ReadResult read = ledger().Read(at, 1 << 20, kLong);
      for (const StoredRecord& record : read.records) records.push_back(record.bytes);
      if (read.records.empty()) break;
      at = read.next;
    }
    return records;
  }

  MockKafka kafka_{1};
  KafkaOptions options_;
  std::unique_ptr<KafkaLedgerStore> store_;
  Offset first_ = 0;  // of what the test appends
};

// The sharpest of them: nothing is stored, and the producer hears of success.
TEST_F(KafkaFaultsTest, AFalseSuccessIsUnknown) {
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  ledger().Append("lost", 1);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{1, AppendFate::kUnknown, 0}));
  EXPECT_THAT(Records(), ElementsAre());
  EXPECT_EQ(store_->stats().places_doubted, 1u);
}

// One request carries all three, and librdkafka tells them as -1, 0, 1: the last is the offset that
// comes next indeed.
TEST_F(KafkaFaultsTest, AFalseSuccessOfABatchIsUnknownToItsLastRecord) {
  options_.settings.emplace_back("queue.buffering.max.ms", "50");
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  for (Cookie cookie = 1; cookie <= 3; ++cookie) ledger().Append("lost", cookie);
  EXPECT_THAT(Complete(3), ElementsAre(Completion{1, AppendFate::kUnknown, 0},
                                       Completion{2, AppendFate::kUnknown, 0},
                                       Completion{3, AppendFate::kUnknown, 0}));
  EXPECT_THAT(Records(), ElementsAre());
}

// Each question keeps the loop waiting.
TEST_F(KafkaFaultsTest, BrokersAreAskedOnceForTheEndOfWhatIsDoubtedTogether) {
  options_.settings.emplace_back("queue.buffering.max.ms", "50");
  KafkaEnds ends({0}, kLong);
  int asked = 0;
  const auto appender = KafkaAppender::Open(
      options_, ends,
      [&](std::uint32_t) {
        ++asked;
        return std::optional<Offset>();
      },
      [](std::uint32_t, const StoredRecord&) {});
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  for (Cookie cookie = 1; cookie <= 3; ++cookie) (*appender)->Append(0, "lost", cookie);
  std::vector<AppendFate> fates;
  while (fates.size() < 3) {
    (*appender)->Poll(0, kLong,
                      [&](Cookie, const AppendResult& result) { fates.push_back(result.fate); });
  }
  EXPECT_THAT(fates, Each(AppendFate::kFailed)) << "nobody can read back what has no end";
  EXPECT_EQ(asked, 1);
}

TEST_F(KafkaFaultsTest, AnAppendBehindAFalseSuccessIsToldWhereItStands) {
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  ledger().Append("lost", 1);
  Complete(1);
  ledger().Append("stored", 2);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{2, AppendFate::kStored, first_}));
  EXPECT_THAT(Records(), ElementsAre("stored"));
}

TEST_F(KafkaFaultsTest, AConnectionThatBreaksIsNoFailure) {
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR__TRANSPORT});
  ledger().Append("sent again", 1);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{1, AppendFate::kStored, first_}));
  EXPECT_THAT(Records(), ElementsAre("sent again"));
}

// Failed is what was not acknowledged in time: it may be there all the same.
TEST_F(KafkaFaultsTest, AnAnswerThatComesTooLateIsAFailureOfWhatIsStored) {
  Open();
  kafka_.AnswerAppendLate(4'000);
  ledger().Append("stored", 1);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{1, AppendFate::kFailed, 0}));
  const ReadResult read = ledger().Read(first_, 1 << 20, kLong);
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].bytes, "stored");
  EXPECT_EQ(ledger().End(), first_ + 1);
}

TEST_F(KafkaFaultsTest, AnAppendToABrokerThatIsDownFailsInTime) {
  Open();
  kafka_.GoDown();
  ledger().Append("one", 1);
  ledger().Append("two", 2);
  EXPECT_THAT(Complete(2), ElementsAre(Completion{1, AppendFate::kFailed, 0},
                                       Completion{2, AppendFate::kFailed, 0}));
  kafka_.ComeUp();
  ledger().Append("three", 3);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{3, AppendFate::kStored, first_}));
  EXPECT_THAT(Records(), ElementsAre("three"));
  EXPECT_EQ(store_->stats().producers_replaced, 0u)
      << "failures are no reason for another producer";
}

TEST_F(KafkaFaultsTest, AnAppendThatIsRefusedFailsAndTheNextDoesNot) {
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE});
  ledger().Append("refused", 1);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{1, AppendFate::kFailed, 0}));
  ledger().Append("taken", 2);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{2, AppendFate::kStored, first_}));
  EXPECT_THAT(Records(), ElementsAre("taken"));
}

TEST_F(KafkaFaultsTest, ADeadProducerIsReplaced) {
  std::promise<std::string> told;
  options_.tell = [&](std::string_view text) {
    if (text.find("replaced") != text.npos) told.set_value(std::string(text));
  };
  Open();
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER});
  ledger().Append("fatal", 1);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{1, AppendFate::kFailed, 0}));
  EXPECT_THAT(told.get_future().get(), HasSubstr("sequence"));
  ledger().Poll(Duration(), [](Cookie, const AppendResult&) {});
  ledger().Append("by another", 2);
  EXPECT_THAT(Complete(1), ElementsAre(Completion{2, AppendFate::kStored, first_}));
  EXPECT_THAT(Records(), ElementsAre("by another"));
  EXPECT_EQ(store_->stats().producers_replaced, 1u);
}

// Of a failure: whoever follows the log has no news then.
TEST_F(KafkaFaultsTest, NewsAreToldWhenAReportIsIn) {
  Open();
  kafka_.GoDown();
  std::mutex mutex;
  std::condition_variable told;
  bool has_news = false;
  store_->OnNews([&] {
    const std::lock_guard lock(mutex);
    has_news = true;
    told.notify_all();
  });
  ledger().Append("news", 1);
  std::unique_lock lock(mutex);
  EXPECT_TRUE(told.wait_for(lock, std::chrono::seconds(60), [&] { return has_news; }));
  lock.unlock();
  store_->OnNews(nullptr);
  std::vector<AppendFate> fates;
  ledger().Poll(Duration(),
                [&](Cookie, const AppendResult& result) { fates.push_back(result.fate); });
  EXPECT_THAT(fates, ElementsAre(AppendFate::kFailed)) << "it was there when it was told";
}

}  // namespace
}  // namespace dialtone::engine
