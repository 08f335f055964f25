#include "controlplane/engine/runtime/request_log.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

constexpr Timestamp kNoon = Timestamp::Micros(1'700'000'000'000'000);

ledger::v1::Request RequestOf(std::uint64_t number, Timestamp at = kNoon) {
  return testing::ToyRequest(testing::ToyRequestId(at, number), testing::GetBalance());
}

RequestKey KeyOf(std::uint64_t number, Timestamp at = kNoon) {
  return {RequestOf(number, at).id(), 7};
}

void TakeAnswered(RequestLog& log, std::uint64_t number, Timestamp at) {
  log.Take(KeyOf(number, at), RequestOf(number, at), at);
  log.Answered(KeyOf(number, at), number);
}

std::map<std::string, std::string> RowsOf(const RequestLog& log) {
  std::map<std::string, std::string> rows;
  log.ForEachRow([&](std::string_view key, std::string_view row) { rows.emplace(key, row); });
  return rows;
}

TEST(RequestLog, KnowsARequestFromWhenItWasTakenIn) {
  RequestLog log;
  EXPECT_EQ(log.Find(KeyOf(1)), nullptr);
  log.Take(KeyOf(1), RequestOf(1), kNoon);
  ASSERT_NE(log.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(log.Find(KeyOf(1))->answered_index, 0u);
  EXPECT_EQ(log.Find(KeyOf(1))->body_hash, RequestOf(1).body_hash());
  log.Answered(KeyOf(1), 42);
  EXPECT_EQ(log.Find(KeyOf(1))->answered_index, 42u);
}

TEST(RequestLog, TellsTheSameIdOfTwoAggregatesApart) {
  RequestLog log;
  log.Take(KeyOf(1), RequestOf(1), kNoon);
  EXPECT_EQ(log.Find(RequestKey(RequestOf(1).id(), 8)), nullptr);
}

TEST(RequestLog, DropsTheOldestBeyondItsCapacityAndRaisesTheFloorAboveIt) {
  RequestLog log(2);
  for (std::uint64_t number = 1; number <= 3; ++number)
    TakeAnswered(log, number, kNoon + Duration::Seconds(static_cast<std::int64_t>(number)));
  EXPECT_EQ(log.Find(KeyOf(1, kNoon + Duration::Seconds(1))), nullptr);
  EXPECT_NE(log.Find(KeyOf(2, kNoon + Duration::Seconds(2))), nullptr);
  EXPECT_EQ(log.floor(), kNoon + Duration::Seconds(1) + RequestLog::kSkew);
}

TEST(RequestLog, DropsWhatIsADayOld) {
  RequestLog log;
  TakeAnswered(log, 1, kNoon);
  TakeAnswered(log, 2, kNoon + RequestLog::kAge - Duration::Micros(1));
  EXPECT_NE(log.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(log.floor(), Timestamp());
  TakeAnswered(log, 3, kNoon + RequestLog::kAge);
  EXPECT_EQ(log.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(log.floor(), kNoon + RequestLog::kSkew);
}

TEST(RequestLog, NeverDropsAnOpenRequest) {
  RequestLog log(1);
  log.Take(KeyOf(1), RequestOf(1), kNoon);
  for (std::uint64_t number = 2; number <= 5; ++number)
    TakeAnswered(log, number, kNoon + RequestLog::kAge * 2);
  ASSERT_NE(log.Find(KeyOf(1)), nullptr);
  log.Answered(KeyOf(1), 9);
  TakeAnswered(log, 6, kNoon + RequestLog::kAge * 2);
  EXPECT_EQ(log.Find(KeyOf(1)), nullptr);
}

TEST(RequestLog, IgnoresAnAnswerToARequestThatNoClientAsked) {
  RequestLog log;
  log.Answered(KeyOf(1), 3);
  EXPECT_EQ(log.Find(KeyOf(1)), nullptr);
  EXPECT_TRUE(RowsOf(log).empty());
}

TEST(RequestLog, GivesEachTouchedRowOnceAsItIsNow) {
  RequestLog log(1);
  TakeAnswered(log, 1, kNoon);
  int rows = 0;
  log.DrainTouched([&](std::string_view, const std::string* row) {
    ++rows;
    EXPECT_NE(row, nullptr);
  });
  EXPECT_EQ(rows, 1);
  TakeAnswered(log, 2, kNoon);
  std::map<std::string, bool> erased;
  log.DrainTouched(
      [&](std::string_view key, const std::string* row) { erased.emplace(key, row == nullptr); });
  ASSERT_EQ(erased.size(), 2u);
  EXPECT_TRUE(erased.begin()->second);
  EXPECT_FALSE(erased.rbegin()->second);
}

TEST(RequestLog, IsTheSameAfterARollBack) {
  RequestLog log(2);
  TakeAnswered(log, 1, kNoon);
  TakeAnswered(log, 2, kNoon);
  const auto stored = RowsOf(log);
  const Timestamp floor = log.floor();
  const std::uint64_t taken = log.taken();
  log.DrainTouched([](std::string_view, const std::string*) {});

  TakeAnswered(log, 3, kNoon);
  std::vector<std::string> touched;
  log.DrainTouched([&](std::string_view key, const std::string*) { touched.emplace_back(key); });
  for (const std::string& key : touched) {
    const auto row = stored.find(key);
    log.Restore(key, row == stored.end() ? nullptr : &row->second);
  }
  log.RestoreCounts(floor, taken);

  EXPECT_EQ(RowsOf(log), stored);
  EXPECT_NE(log.Find(KeyOf(1)), nullptr);
  EXPECT_EQ(log.Find(KeyOf(3)), nullptr);
  TakeAnswered(log, 4, kNoon);
  EXPECT_EQ(log.taken(), 3u);
  EXPECT_EQ(log.Find(KeyOf(1)), nullptr);
}

TEST(RequestLog, IsTheSameWhenItIsReadFromItsRows) {
  RequestLog log(3);
  for (std::uint64_t number = 1; number <= 5; ++number) TakeAnswered(log, number, kNoon);
  RequestLog restored(3);
  for (const auto& [key, row] : RowsOf(log)) restored.Restore(key, &row);
  restored.RestoreCounts(log.floor(), log.taken());
  TakeAnswered(log, 6, kNoon);
  TakeAnswered(restored, 6, kNoon);
  EXPECT_EQ(RowsOf(restored), RowsOf(log));
}

TEST(IssueTime, IsTheFirstFortyEightBitsInMilliseconds) {
  EXPECT_EQ(IssueTime(testing::ToyRequestId(kNoon, 5)), kNoon);
}

}  // namespace
}  // namespace dialtone::engine
