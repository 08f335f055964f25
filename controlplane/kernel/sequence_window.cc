#include "controlplane/kernel/sequence_window.h"

#include <algorithm>
#include <bit>
#include <string>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/mutation.h"

namespace dialtone {

SequenceWindow SequenceWindow::FromProto(const type::v1::SequenceWindow& row) {
  SequenceWindow window;
  DIALTONE_CHECK(row.above_size() <= static_cast<int>(window.above_.size()),
                 "a window of " + std::to_string(row.above_size()) + " words");
  window.low_ = row.low();
  std::copy(row.above().begin(), row.above().end(), window.above_.begin());
  return window;
}

type::v1::SequenceWindow SequenceWindow::ToProto() const {
  type::v1::SequenceWindow row;
  row.set_low(low_);
  const auto last =
      std::find_if(above_.rbegin(), above_.rend(), [](std::uint64_t word) { return word != 0; });
  row.mutable_above()->Assign(above_.begin(), last.base());
  return row;
}

SequenceWindow::Place SequenceWindow::PlaceOf(std::uint64_t sequence) const {
  if (sequence <= low_) return Place::kDone;
  const std::uint64_t bit = sequence - low_ - 1;
  if (bit >= kSpan) return Mutant(Mutation::kWindowSlides) ? Place::kNew : Place::kBeyond;
  const bool done = (above_[bit / kWordBits] >> bit % kWordBits & 1U) != 0;
  return done ? Place::kDone : Place::kNew;
}

void SequenceWindow::Take(std::uint64_t sequence) {
  DIALTONE_CHECK(PlaceOf(sequence) == Place::kNew,
                 "sequence " + std::to_string(sequence) + " above " + std::to_string(low_));
  if (Mutant(Mutation::kWindowSlides)) {
    while (sequence - low_ > kSpan) {
      ShiftBits(1);
      Slide();
    }
  }
  const std::uint64_t bit = sequence - low_ - 1;
  above_[bit / kWordBits] |= std::uint64_t{1} << bit % kWordBits;
  Slide();
}

void SequenceWindow::Slide() {
  while (above_.front() == ~std::uint64_t{0}) ShiftWord();
  if (const int done = std::countr_one(above_.front()); done > 0)
    ShiftBits(static_cast<std::uint64_t>(done));
}

void SequenceWindow::ShiftWord() {
  low_ += kWordBits;
  std::rotate(above_.begin(), above_.begin() + 1, above_.end());
  above_.back() = 0;
}

// REQUIRES: 0 < count < kWordBits.
void SequenceWindow::ShiftBits(std::uint64_t count) {
  low_ += count;
  for (std::size_t word = 0; word < above_.size(); ++word) {
    const std::uint64_t next = word + 1 < above_.size() ? above_[word + 1] : 0;
    above_[word] = above_[word] >> count | next << (kWordBits - count);
  }
}

}  // namespace dialtone
