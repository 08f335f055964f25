// What every ledger promises (controlplane/engine/ledger/ledger.h), in sentences: the engine is
// built on no more.
#include "controlplane/engine/ledger/ledger.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/record.h"
#include "tests/conformance/ledger_under_test.h"

namespace dialtone::engine {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::size_t kEverything = 1 << 30;
constexpr Duration kAtOnce;
constexpr Duration kLong = Duration::Seconds(60);

struct Completion {
  Cookie cookie = 0;
  AppendResult result;
};

class LedgerTest : public testing::TestWithParam<LedgerKind> {
 protected:
  LedgerStore& store() { return ledger_->store(); }
  Ledger& partition(std::uint32_t number) { return store().partition(number); }

  std::vector<Completion> Poll(Ledger& ledger, Duration wait) {
    std::vector<Completion> completions;
    ledger.Poll(wait, [&](Cookie cookie, const AppendResult& result) {
      completions.push_back({cookie, result});
    });
    return completions;
  }
  // Polls until so many appends are completed.
  std::vector<Completion> Complete(Ledger& ledger, std::size_t count) {
    std::vector<Completion> completions;
    while (completions.size() < count) {
      for (const Completion& completion : Poll(ledger, kLong)) completions.push_back(completion);
    }
    return completions;
  }
  // Appends, and tells where the record stands.
  Offset Store(Ledger& ledger, std::string record) {
    ledger.Append(std::move(record), 1);
    const AppendResult result = Complete(ledger, 1).front().result;
    EXPECT_EQ(result.fate, AppendFate::kStored);
    return result.offset;
  }
  // Waits for what is known to be there.
  ReadResult ReadPage(const Ledger& ledger, Offset from, std::size_t bytes_max = kEverything) {
    return ledger.Read(from, bytes_max, from < ledger.End() ? kLong : kAtOnce);
  }
  // All records behind the genesis record.
  std::vector<std::string> Records(const Ledger& ledger) {
    std::vector<std::string> records;
    for (Offset at = 0; at < ledger.End();) {
      ReadResult page = ReadPage(ledger, at);
      for (StoredRecord& record : page.records) records.push_back(std::move(record.bytes));
      at = page.next;
    }
    records.erase(records.begin());
    return records;
  }

  std::unique_ptr<LedgerUnderTest> ledger_ = GetParam().make();
};

std::string NameOf(const testing::TestParamInfo<LedgerKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Every, LedgerTest, testing::ValuesIn(LedgerKinds()), NameOf);

TEST_P(LedgerTest, BeginsEachPartitionWithItsGenesisRecord) {
  ASSERT_EQ(store().partition_count(), 4u);
  std::string cluster;
  for (std::uint32_t number = 0; number < 4; ++number) {
    const ReadResult read = ReadPage(partition(number), 0);
    ASSERT_EQ(read.records.size(), 1u);
    EXPECT_EQ(read.records[0].offset, 0u);
    const auto record = ParseRecord(read.records[0].bytes);
    ASSERT_TRUE(record);
    EXPECT_EQ(record->genesis().partition(), number);
    EXPECT_EQ(record->genesis().partition_count(), 4u);
    if (number == 0) cluster = record->genesis().cluster_id();
    EXPECT_EQ(record->genesis().cluster_id(), cluster);
  }
}

TEST_P(LedgerTest, KeepsTheOrderOfTheAppends) {
  partition(1).Append("one", 1);
  partition(1).Append("two", 2);
  Complete(partition(1), 2);
  partition(1).Append("three", 3);
  Complete(partition(1), 1);
  EXPECT_THAT(Records(partition(1)), ElementsAre("one", "two", "three"));
  EXPECT_THAT(Records(partition(0)), IsEmpty());
}

TEST_P(LedgerTest, TellsWhereARecordStands) {
  const Offset first = Store(partition(1), "first");
  const Offset second = Store(partition(1), "second");
  EXPECT_GT(first, 0u);
  EXPECT_GT(second, first);
  const ReadResult read = ReadPage(partition(1), second);
  ASSERT_EQ(read.records.size(), 1u);
  EXPECT_EQ(read.records[0].offset, second);
  EXPECT_EQ(read.records[0].bytes, "second");
  EXPECT_EQ(read.next, second + 1);
  EXPECT_EQ(partition(1).End(), second + 1);
}

TEST_P(LedgerTest, CompletesEachAppendOnceAndInOrder) {
  constexpr Cookie kEach = 100;
  std::map<std::uint32_t, std::vector<Completion>> completed;
  for (Cookie cookie = 0; cookie < kEach; ++cookie) {
    for (std::uint32_t number = 0; number < 4; ++number) {
      partition(number).Append("record " + std::to_string(cookie), cookie);
    }
    const std::uint32_t polled = cookie * 7 % 4;
    for (const Completion& one : Poll(partition(polled), kAtOnce)) completed[polled].push_back(one);
  }
  for (std::uint32_t number = 0; number < 4; ++number) {
    std::vector<Completion>& all = completed[number];
    for (const Completion& one : Complete(partition(number), kEach - all.size()))
      all.push_back(one);
    ASSERT_EQ(all.size(), kEach);
    for (Cookie cookie = 0; cookie < kEach; ++cookie) {
      EXPECT_EQ(all[cookie].cookie, cookie);
      EXPECT_EQ(all[cookie].result.fate, AppendFate::kStored);
      EXPECT_EQ(all[cookie].result.offset, cookie + 1);
    }
    EXPECT_THAT(Poll(partition(number), kAtOnce), IsEmpty());
  }
}

// What cannot be told from the truth by the runtime, when it says the offset that was expected.
TEST_P(LedgerTest, HasEveryRecordThatItCallsStoredAtItsOffsetWhenItSaysSo) {
  constexpr Cookie kEach = 50;
  std::size_t told = 0;
  std::size_t stored = 0;
  Offset last = 0;
  const auto check = [&](Cookie cookie, const AppendResult& result) {
    ++told;
    if (result.fate != AppendFate::kStored) return;
    ++stored;
    EXPECT_GT(result.offset, last);
    last = result.offset;
    const ReadResult read = ReadPage(partition(1), result.offset, 1);
    ASSERT_FALSE(read.records.empty());
    EXPECT_EQ(read.records[0].offset, result.offset);
    EXPECT_EQ(read.records[0].bytes, "record " + std::to_string(cookie));
  };
  for (Cookie cookie = 0; cookie < kEach; ++cookie) {
    partition(1).Append("record " + std::to_string(cookie), cookie);
    if (cookie % 3 == 0) partition(1).Poll(kAtOnce, check);
  }
  while (told < kEach) partition(1).Poll(kLong, check);
  EXPECT_EQ(stored, kEach) << "nothing is wrong here, so there is nothing to doubt";
}

TEST_P(LedgerTest, TakesAppendsWhileItReportsOthers) {
  std::vector<Cookie> completed;
  partition(1).Append("first", 1);
  while (completed.size() < 3) {
    partition(1).Poll(kLong, [&](Cookie cookie, const AppendResult&) {
      completed.push_back(cookie);
      if (cookie < 3) partition(1).Append("next", cookie + 1);
    });
  }
  EXPECT_THAT(completed, ElementsAre(1, 2, 3));
  EXPECT_THAT(Records(partition(1)), ElementsAre("first", "next", "next"));
}

TEST_P(LedgerTest, WritesAllPartitionsTogether) {
  for (std::uint32_t number = 0; number < 4; ++number) {
    partition(number).Append("of " + std::to_string(number), number);
  }
  for (std::uint32_t number = 0; number < 4; ++number) {
    const std::vector<Completion> completions = Complete(partition(number), 1);
    ASSERT_EQ(completions.size(), 1u);
    EXPECT_EQ(completions[0].cookie, number);
    EXPECT_THAT(Records(partition(number)), ElementsAre("of " + std::to_string(number)));
  }
}

TEST_P(LedgerTest, KeepsAnyBytes) {
  std::string all_bytes;
  for (int byte = 0; byte < 256; ++byte) all_bytes += static_cast<char>(byte);
  const std::string largest(kEntryBytesMax, 'x');
  Store(partition(1), "");
  Store(partition(1), all_bytes);
  Store(partition(1), largest);
  EXPECT_THAT(Records(partition(1)), ElementsAre("", all_bytes, largest));
}

TEST_P(LedgerTest, IsReadInPages) {
  for (int i = 0; i < 10; ++i) Store(partition(1), std::string(100, static_cast<char>('a' + i)));
  std::string read;
  Offset at = 1;
  for (int page = 0; page < 5; ++page) {
    const ReadResult result = ReadPage(partition(1), at, 250);
    ASSERT_EQ(result.records.size(), 2u);
    for (const StoredRecord& record : result.records) {
      EXPECT_EQ(record.offset, at++);
      read += record.bytes.front();
    }
    EXPECT_EQ(result.next, at);
    EXPECT_EQ(result.at_end, page == 4);
  }
  EXPECT_EQ(read, "abcdefghij");
}

TEST_P(LedgerTest, GivesARecordThatIsLargerThanThePage) {
  Store(partition(1), std::string(1'000, 'a'));
  Store(partition(1), "b");
  const ReadResult result = ReadPage(partition(1), 1, 10);
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].bytes.size(), 1'000u);
  EXPECT_FALSE(result.at_end);
}

TEST_P(LedgerTest, HasNothingBehindItsEnd) {
  const Offset last = Store(partition(1), "last");
  for (const Offset behind : {last + 1, last + 1'000}) {
    const ReadResult result = partition(1).Read(behind, kEverything, kAtOnce);
    EXPECT_THAT(result.records, IsEmpty());
    EXPECT_EQ(result.next, behind);
    EXPECT_TRUE(result.at_end);
  }
}

TEST_P(LedgerTest, GivesUpAReadThatWaitsInVain) {
  const ReadResult result = partition(1).Read(1, kEverything, Duration::Millis(5));
  EXPECT_THAT(result.records, IsEmpty());
  EXPECT_TRUE(result.at_end);
}

TEST_P(LedgerTest, WakesAReadThatWaits) {
  ReadResult result;
  std::thread reader([&] { result = partition(1).Read(1, kEverything, kLong); });
  Store(partition(2), "elsewhere");
  Store(partition(1), "awaited");
  reader.join();
  ASSERT_EQ(result.records.size(), 1u);
  EXPECT_EQ(result.records[0].bytes, "awaited");
}

// Whoever does not wait comes again. Two at different places, as the loop and a view are, both get
// on.
TEST_P(LedgerTest, IsReadByTwoWhoDoNotWait) {
  constexpr Offset kCount = 200;
  for (Offset at = 1; at <= kCount; ++at) partition(1).Append("record " + std::to_string(at), at);
  Complete(partition(1), kCount);
  ledger_->Reopen();
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  std::array<Offset, 2> at = {1, 120};
  while (at[0] <= kCount || at[1] <= kCount) {
    ASSERT_LT(std::chrono::steady_clock::now(), until) << at[0] << " and " << at[1];
    for (Offset& reader : at) {
      if (reader > kCount) continue;
      const ReadResult read = partition(1).Read(reader, 100, kAtOnce);
      for (const StoredRecord& record : read.records) {
        ASSERT_EQ(record.offset, reader);
        ASSERT_EQ(record.bytes, "record " + std::to_string(reader++));
      }
      ASSERT_EQ(read.next, reader);
      ASSERT_EQ(read.at_end, !read.records.empty() && reader == kCount + 1);
    }
  }
}

TEST_P(LedgerTest, IsNotDamagedByGrowing) {
  Store(partition(1), "one");
  EXPECT_EQ(partition(1).Damage(), "");
  ledger_->Reopen();
  Store(partition(1), "two");
  EXPECT_THAT(Records(partition(1)), ElementsAre("one", "two"));
  for (std::uint32_t number = 0; number < 4; ++number) EXPECT_EQ(partition(number).Damage(), "");
}

TEST_P(LedgerTest, IsReadWhileItIsWritten) {
  constexpr Offset kCount = 500;
  const auto follow = [this] {
    Offset at = 1;
    while (at <= kCount) {
      const ReadResult result = partition(1).Read(at, 1'000, kLong);
      ASSERT_FALSE(result.records.empty());
      for (const StoredRecord& record : result.records) {
        ASSERT_EQ(record.offset, at);
        ASSERT_EQ(record.bytes, "record " + std::to_string(at++));
      }
      ASSERT_EQ(result.next, at);
    }
  };
  std::thread first(follow);
  std::thread second(follow);
  for (Offset at = 1; at <= kCount; ++at) {
    partition(1).Append("record " + std::to_string(at), at);
    if (at % 3 == 0) Poll(partition(1), kAtOnce);
  }
  while (partition(1).End() <= kCount) Poll(partition(1), kLong);
  first.join();
  second.join();
}

TEST_P(LedgerTest, KeepsEverythingWhenItIsOpenedAgain) {
  Store(partition(1), "before");
  Store(partition(3), "elsewhere");
  const std::string genesis = ReadPage(partition(2), 0).records[0].bytes;
  ledger_->Reopen();
  EXPECT_EQ(ReadPage(partition(2), 0).records[0].bytes, genesis);
  EXPECT_EQ(partition(1).End(), 2u);
  EXPECT_EQ(Store(partition(1), "after"), 2u);
  EXPECT_THAT(Records(partition(1)), ElementsAre("before", "after"));
  EXPECT_THAT(Records(partition(3)), ElementsAre("elsewhere"));
}

}  // namespace
}  // namespace dialtone::engine
