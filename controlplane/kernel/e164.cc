#include "controlplane/kernel/e164.h"

#include <algorithm>

#include "controlplane/kernel/check.h"

namespace dialtone {

namespace {

constexpr std::size_t kDigitsMin = 7;
constexpr std::size_t kDigitsMax = 15;
constexpr std::uint64_t kSmallest = 1'000'000;
constexpr std::uint64_t kLargest = 999'999'999'999'999;

}  // namespace

tl::expected<E164, std::string> E164::Parse(std::string_view text) {
  if (text.empty() || text.front() != '+') return tl::unexpected<std::string>("must begin with +");
  const std::string_view digits = text.substr(1);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return tl::unexpected<std::string>("must have nothing but digits after the +");
  }
  if (digits.size() < kDigitsMin || digits.size() > kDigitsMax)
    return tl::unexpected<std::string>("must have 7 to 15 digits");
  if (digits.front() == '0')
    return tl::unexpected<std::string>("must begin with a country code, and none begins with 0");
  std::uint64_t value = 0;
  for (const char digit : digits) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  return E164(value);
}

E164 E164::FromDigits(std::uint64_t digits) {
  DIALTONE_CHECK(digits >= kSmallest && digits <= kLargest, "no number: " + std::to_string(digits));
  return E164(digits);
}

}  // namespace dialtone
