// A number is read as itself, in whatever of the accepted ways somebody has written it; and what is
// read at all has the digits that were written.
#include "controlplane/domain/inventory/number_text.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <string>
#include <vector>

#include "controlplane/kernel/e164.h"

namespace dialtone::inventory {
namespace {

constexpr std::uint64_t kRangeMax = 10'000;

std::string DigitsOf(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (c >= '0' && c <= '9') digits += c;
  }
  return digits;
}

std::string AnyDigits(std::size_t count) {
  std::string digits;
  for (std::size_t i = 0; i < count; ++i) digits += *rc::gen::inRange('0', static_cast<char>(':'));
  return digits;
}

char AnyOf(char first, char last) { return *rc::gen::inRange(first, static_cast<char>(last + 1)); }

// Ten digits of North America.
std::string National() { return AnyOf('2', '9') + AnyDigits(2) + AnyOf('2', '9') + AnyDigits(6); }

// With punctuation between the digits, as people put it; no dash, which may mean a range.
std::string Spaced(const std::string& digits) {
  static const std::vector<std::string> kBetween = {"", "", "", " ", ".", "/", "-", "\xC2\xA0"};
  std::string text;
  for (const char digit : digits) text += digit + *rc::gen::elementOf(kBetween);
  return text;
}

RC_GTEST_PROP(NumberText, ReadsANumberOfNorthAmericaInEachOfItsForms, ()) {
  const std::string national = National();
  const std::string front = *rc::gen::elementOf(
      std::vector<std::string>{"", "1", "+1", "1 ", "+1 ", "001", " (+1) ", "tel:+1-"});
  const std::string text = front + Spaced(national);
  const ParsedNumber parsed = ParseText(text, kRangeMax);
  RC_ASSERT(parsed.e164() == "+1" + national);
  RC_ASSERT(parsed.problem() == ParsedNumber::PROBLEM_UNSPECIFIED);
}

RC_GTEST_PROP(NumberText, ReadsANumberOfAnotherCountryOnlyWithItsPlus, ()) {
  const std::string digits = AnyOf('2', '9') + AnyDigits(*rc::gen::inRange<std::size_t>(6, 15));
  const std::string front =
      *rc::gen::elementOf(std::vector<std::string>{"+", "00", "(+) ", "TEL:+"});
  RC_ASSERT(ParseText(front + Spaced(digits), kRangeMax).e164() == "+" + digits);
  const ParsedNumber bare = ParseText(Spaced(digits), kRangeMax);
  RC_ASSERT(bare.e164().empty() || (digits.size() == 10 && bare.e164() == "+1" + digits));
}

RC_GTEST_PROP(NumberText, ReadsARangeAsItsEnds, ()) {
  const auto first = *rc::gen::inRange<std::uint64_t>(2'002'000'000, 9'992'000'000);
  const auto count = *rc::gen::inRange<std::uint64_t>(2, kRangeMax + 2);
  const std::string from = std::to_string(first);
  const std::string to = std::to_string(first + count - 1);
  RC_PRE(from[3] >= '2' && to[3] >= '2');
  const std::string between =
      *rc::gen::elementOf(std::vector<std::string>{"-", " - ", "\xE2\x80\x93"});
  const ParsedNumber parsed = ParseText(Spaced(from) + between + Spaced(to), kRangeMax);
  if (count > kRangeMax) {
    RC_ASSERT(parsed.problem() == ParsedNumber::RANGE_TOO_LARGE);
  } else {
    RC_ASSERT(parsed.first() == "+1" + from);
    RC_ASSERT(parsed.last() == "+1" + to);
  }
}

// Whatever is pasted: nothing is made up, nothing is lost, and no text ends the program.
RC_GTEST_PROP(NumberText, MakesUpNoDigits, ()) {
  const auto letters = *rc::gen::container<std::string>(rc::gen::elementOf(
      std::string("0123456789012345678901234567890+-(). ,;\n\txe\xE2\x80\x93\xC3\xA4")));
  const auto texts = TextsIn(letters);
  const ParseNumbersResponse response = Parse(texts, kRangeMax);
  RC_ASSERT(static_cast<std::size_t>(response.numbers_size()) == texts.size());
  for (const ParsedNumber& parsed : response.numbers()) {
    const bool is_read = parsed.problem() == ParsedNumber::PROBLEM_UNSPECIFIED;
    RC_ASSERT(is_read != (parsed.e164().empty() && parsed.first().empty()));
    if (parsed.e164().empty()) continue;
    RC_ASSERT(E164::Parse(parsed.e164()).has_value());
    const std::string read = DigitsOf(parsed.e164());
    const std::string written = DigitsOf(parsed.text());
    RC_ASSERT(read == written || read == "1" + written || "00" + read == written);
  }
}

}  // namespace
}  // namespace dialtone::inventory
