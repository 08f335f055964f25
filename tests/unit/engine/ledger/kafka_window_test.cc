// What a consumer hands over may have holes; what is read from it has none.
#include "controlplane/engine/ledger/kafka_window.h"

#include <gtest/gtest.h>

namespace dialtone::engine {
namespace {

constexpr std::size_t kEnough = 1U << 20U;

StoredRecord Record(Offset offset) { return {offset, "record " + std::to_string(offset)}; }

class KafkaWindowTest : public ::testing::Test {
 protected:
  // The offsets that a reader gets; none: it is to look elsewhere.
  std::optional<std::vector<Offset>> Offsets(Offset from, std::size_t bytes_max = kEnough) const {
    const auto read = window_.Read(from, bytes_max);
    if (!read) return std::nullopt;
    std::vector<Offset> offsets;
    for (const StoredRecord& record : read->records) offsets.push_back(record.offset);
    return offsets;
  }
  void Take(std::initializer_list<Offset> offsets) {
    for (const Offset offset : offsets) window_.Take(Record(offset));
  }

  KafkaWindow window_{5};
};

using Some = std::vector<Offset>;

TEST_F(KafkaWindowTest, GivesWhatCameFromWhereItBegan) {
  Take({5, 6, 7});
  EXPECT_EQ(Offsets(5), (Some{5, 6, 7}));
  EXPECT_EQ(Offsets(7), (Some{7}));
  EXPECT_EQ(Offsets(8), Some{});
  EXPECT_EQ(Offsets(4), std::nullopt);
}

// After a batch with a wrong checksum a consumer goes on with the next one.
TEST_F(KafkaWindowTest, HasNothingBeforeAHole) {
  Take({5, 6, 9});
  EXPECT_EQ(Offsets(6), std::nullopt);
  EXPECT_EQ(Offsets(7), std::nullopt);
  EXPECT_EQ(Offsets(9), (Some{9}));
}

TEST_F(KafkaWindowTest, HasNothingBeforeAnEndThatItDidNotReachRecordByRecord) {
  Take({5});
  window_.TakeEnd(8);
  EXPECT_EQ(Offsets(6), std::nullopt);
  EXPECT_EQ(Offsets(8), Some{});
  EXPECT_EQ(window_.next(), 8u);
}

TEST_F(KafkaWindowTest, KeepsWhatItHasWhenTheEndIsWhereItIs) {
  Take({5, 6});
  window_.TakeEnd(7);
  window_.TakeEnd(6);
  EXPECT_EQ(Offsets(5), (Some{5, 6}));
  EXPECT_EQ(window_.next(), 7u);
}

TEST_F(KafkaWindowTest, TakesARecordOnce) {
  Take({5, 6, 6, 5, 7});
  EXPECT_EQ(Offsets(5), (Some{5, 6, 7}));
}

TEST_F(KafkaWindowTest, GivesAPageAndWhereToGoOn) {
  Take({5, 6, 7});
  EXPECT_EQ(Offsets(5, 1), Some{5});
  EXPECT_EQ(window_.Read(5, 1)->next, 6u);
}

TEST_F(KafkaWindowTest, ForgetsTheOldest) {
  const std::string large(kEnough, 'x');
  for (const Offset offset : {5, 6}) window_.Take({offset, large});
  EXPECT_EQ(Offsets(5), std::nullopt);
  EXPECT_EQ(Offsets(6), Some{6});
}

}  // namespace
}  // namespace dialtone::engine
