#include "controlplane/kernel/sequence_window.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

namespace dialtone {
namespace {

using Place = SequenceWindow::Place;

SequenceWindow TakenAll(const std::vector<std::uint64_t>& sequences) {
  SequenceWindow window;
  for (const std::uint64_t sequence : sequences) window.Take(sequence);
  return window;
}

TEST(SequenceWindow, TakesNumbersInOrderAndKeepsOnlyTheLast) {
  const SequenceWindow window = TakenAll({1, 2, 3});
  EXPECT_EQ(window.low(), 3u);
  EXPECT_EQ(window.PlaceOf(3), Place::kDone);
  EXPECT_EQ(window.PlaceOf(4), Place::kNew);
  EXPECT_EQ(window.ToProto().above_size(), 0);
}

TEST(SequenceWindow, CountsFromOne) { EXPECT_EQ(SequenceWindow().PlaceOf(0), Place::kDone); }

TEST(SequenceWindow, RemembersWhatCameBeyondAHole) {
  const SequenceWindow window = TakenAll({1, 3, 70, 500});
  EXPECT_EQ(window.low(), 1u);
  for (const std::uint64_t done : {1, 3, 70, 500}) EXPECT_EQ(window.PlaceOf(done), Place::kDone);
  for (const std::uint64_t open : {2, 4, 69, 71, 499, 501})
    EXPECT_EQ(window.PlaceOf(open), Place::kNew);
}

TEST(SequenceWindow, TakesNothingFurtherThanItsSpanBeyondAHole) {
  SequenceWindow window = TakenAll({1});
  EXPECT_EQ(window.PlaceOf(1 + SequenceWindow::kSpan), Place::kNew);
  EXPECT_EQ(window.PlaceOf(2 + SequenceWindow::kSpan), Place::kBeyond);
  EXPECT_EQ(window.PlaceOf(UINT64_MAX), Place::kBeyond);
}

TEST(SequenceWindow, NeverSlidesPastAHole) {
  SequenceWindow window;
  for (std::uint64_t sequence = 2; sequence <= SequenceWindow::kSpan; ++sequence)
    window.Take(sequence);
  EXPECT_EQ(window.low(), 0u);
  EXPECT_EQ(window.PlaceOf(1), Place::kNew);
  window.Take(1);
  EXPECT_EQ(window.low(), SequenceWindow::kSpan);
  EXPECT_EQ(window, TakenAll([] {
              std::vector<std::uint64_t> all(SequenceWindow::kSpan);
              std::iota(all.begin(), all.end(), 1);
              return all;
            }()));
}

TEST(SequenceWindow, EndsAtTheSameStateInWhicheverOrderNumbersCome) {
  std::mt19937_64 random(7);
  std::vector<std::uint64_t> sequences(300);
  std::iota(sequences.begin(), sequences.end(), 1);
  for (int round = 0; round < 50; ++round) {
    std::shuffle(sequences.begin(), sequences.end(), random);
    EXPECT_EQ(TakenAll(sequences).low(), 300u);
  }
}

TEST(SequenceWindow, AgreesWithASetOfNumbersAfterEveryStep) {
  std::mt19937_64 random(11);
  SequenceWindow window;
  std::vector<bool> done(5'000, false);
  for (int step = 0; step < 20'000; ++step) {
    const std::uint64_t sequence = window.low() + 1 + random() % 540;
    if (sequence >= done.size()) break;
    const Place expected = done[sequence]                                    ? Place::kDone
                           : sequence - window.low() > SequenceWindow::kSpan ? Place::kBeyond
                                                                             : Place::kNew;
    ASSERT_EQ(window.PlaceOf(sequence), expected) << sequence << " above " << window.low();
    const std::uint64_t taken = random() % 2 == 0 ? sequence : window.low() + 1;
    if (window.PlaceOf(taken) != Place::kNew) continue;
    window.Take(taken);
    done[taken] = true;
    ASSERT_FALSE(done[window.low() + 1]);
  }
  EXPECT_GT(window.low(), 2'000u);
}

TEST(SequenceWindow, IsTheSameAfterItWasStored) {
  const SequenceWindow window = TakenAll({1, 2, 5, 129, 400});
  EXPECT_EQ(SequenceWindow::FromProto(window.ToProto()), window);
  type::v1::SequenceWindow row;
  ASSERT_TRUE(row.ParseFromString(window.ToProto().SerializeAsString()));
  EXPECT_EQ(SequenceWindow::FromProto(row), window);
  EXPECT_EQ(SequenceWindow::FromProto({}), SequenceWindow());
}

}  // namespace
}  // namespace dialtone
