// Which numbers of a sender's sequence are done, so that each counts once though they come twice,
// late or out of order. The window never slides past a hole: no answer is a guess.
// ledger-protocol.md section 5.
#pragma once

#include <array>
#include <cstdint>

#include "dialtone/type/v1/sequence_window.pb.h"

namespace dialtone {

class SequenceWindow {
 public:
  static constexpr std::uint64_t kSpan = 512;  // how far beyond the first hole numbers are taken

  enum class Place : std::uint8_t {
    kDone,    // it was taken before, or is 0: sequences count from 1
    kNew,     // it may be taken
    kBeyond,  // only when the hole before it is filled, or declared skipped
  };

  SequenceWindow() = default;
  static SequenceWindow FromProto(const type::v1::SequenceWindow& row);
  type::v1::SequenceWindow ToProto() const;

  Place PlaceOf(std::uint64_t sequence) const;
  // The number is done, or declared skipped. REQUIRES: PlaceOf(sequence) == kNew.
  void Take(std::uint64_t sequence);

  // All up to this one are done.
  std::uint64_t low() const { return low_; }

  friend bool operator==(const SequenceWindow&, const SequenceWindow&) = default;

 private:
  static constexpr std::uint64_t kWordBits = 64;
  using Words = std::array<std::uint64_t, kSpan / kWordBits>;

  void Slide();
  void ShiftWord();
  void ShiftBits(std::uint64_t count);

  std::uint64_t low_ = 0;
  Words above_{};  // bit i of word w: low_ + 1 + 64 w + i
};

}  // namespace dialtone
