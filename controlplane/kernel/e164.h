// A telephone number in the international form of ITU-T E.164.
#pragma once

#include <compare>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace dialtone {

class E164 {
 public:
  // `+` and 7 to 15 digits, the first not 0. The error is a sentence about what is wrong.
  static tl::expected<E164, std::string> Parse(std::string_view text);
  // REQUIRES: 7 to 15 digits, as read from what was parsed before.
  static E164 FromDigits(std::uint64_t digits);

  std::uint64_t digits() const { return digits_; }
  // The ten thousand consecutive numbers that this one is of: who holds which is decided there.
  std::uint64_t block() const { return digits_ / kNumbersOfBlock; }
  std::uint32_t place() const { return static_cast<std::uint32_t>(digits_ % kNumbersOfBlock); }
  std::string text() const { return "+" + std::to_string(digits_); }

  friend auto operator<=>(E164, E164) = default;

  static constexpr std::uint64_t kNumbersOfBlock = 10'000;

 private:
  explicit E164(std::uint64_t digits) : digits_(digits) {}
  std::uint64_t digits_;
};

}  // namespace dialtone

template <>
struct std::hash<dialtone::E164> {
  std::size_t operator()(dialtone::E164 number) const {
    return std::hash<std::uint64_t>{}(number.digits());
  }
};
