#include "controlplane/domain/inventory/number_text.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/kernel/e164.h"

namespace dialtone::inventory {

namespace {

using Understood = tl::expected<E164, ParsedNumber::Problem>;

constexpr std::size_t kNational = 10;  // digits of a number in North America
constexpr std::string_view kScheme = "tel:";
constexpr char kLetter = 'x';  // stands for all that is neither digit, sign nor blank
constexpr char kBlank = ' ';

tl::unexpected<ParsedNumber::Problem> No(ParsedNumber::Problem problem) {
  return tl::unexpected<ParsedNumber::Problem>(problem);
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A mark of UTF-8 that word processors and telephones put into numbers: how many bytes, and what it
// stands for.
struct Mark {
  std::string_view bytes;
  char means;
};
constexpr std::array kMarks = std::to_array<Mark>({
    {"\xC2\xA0", kBlank},      // no-break space
    {"\xE2\x80\x87", kBlank},  // figure space
    {"\xE2\x80\x89", kBlank},  // thin space
    {"\xE2\x80\xAF", kBlank},  // narrow no-break space
    {"\xE2\x80\x8E", kBlank},  // left-to-right mark
    {"\xE2\x80\xAA", kBlank},  // left-to-right embedding
    {"\xE2\x80\xAC", kBlank},  // its end
    {"\xE2\x80\xAD", kBlank},  // left-to-right override
    {"\xEF\xBB\xBF", kBlank},  // byte order mark
    {"\xE2\x80\x90", '-'},     // hyphen
    {"\xE2\x80\x91", '-'},     // non-breaking hyphen
    {"\xE2\x80\x92", '-'},     // figure dash
    {"\xE2\x80\x93", '-'},     // en dash
    {"\xE2\x80\x94", '-'},     // em dash
});

char Meaning(char c) {
  constexpr std::string_view kSigns = "+-()";
  constexpr std::string_view kPunctuation = " ./_'\"";
  if (IsDigit(c) || kSigns.find(c) != std::string_view::npos) return c;
  return kPunctuation.find(c) == std::string_view::npos ? kLetter : kBlank;
}

// Digits, + and -, parentheses, blanks, and one letter for all others.
std::string Simplified(std::string_view text) {
  std::string simple;
  while (!text.empty()) {
    const auto* const mark = std::find_if(
        kMarks.begin(), kMarks.end(), [&](const Mark& one) { return text.starts_with(one.bytes); });
    const bool is_mark = mark != kMarks.end();
    simple += is_mark ? mark->means : Meaning(text.front());
    text.remove_prefix(is_mark ? mark->bytes.size() : 1);
  }
  return simple;
}

std::string_view WithoutScheme(std::string_view text) {
  const auto is_same = [](char a, char b) {
    return std::tolower(static_cast<unsigned char>(a)) == b;
  };
  const std::string_view front = text.substr(0, kScheme.size());
  const bool has_scheme =
      std::equal(front.begin(), front.end(), kScheme.begin(), kScheme.end(), is_same);
  return has_scheme ? text.substr(kScheme.size()) : text;
}

std::string DigitsOf(std::string_view simple) {
  std::string digits;
  std::copy_if(simple.begin(), simple.end(), std::back_inserter(digits), IsDigit);
  return digits;
}

// An area code and a central office code begin with 2 to 9.
bool IsNorthAmerican(std::string_view national) {
  constexpr std::size_t kOffice = 3;
  return national.size() == kNational && national[0] >= '2' && national[kOffice] >= '2';
}

// `digits`: with the country code.
Understood Whole(const std::string& digits) {
  const auto number = E164::Parse("+" + digits);
  if (!number) return No(ParsedNumber::NOT_E164);
  if (digits.front() == '1' && !IsNorthAmerican(std::string_view(digits).substr(1)))
    return No(ParsedNumber::NOT_IN_NORTH_AMERICA);
  return *number;
}

// "00" is what + is dialled as in most countries, and begins no national number.
Understood Dialled(const std::string& digits) {
  constexpr std::string_view kInternational = "00";
  if (digits.starts_with(kInternational)) return Whole(digits.substr(kInternational.size()));
  if (digits.size() == kNational) return Whole("1" + digits);
  if (digits.size() == kNational + 1 && digits.front() == '1') return Whole(digits);
  return No(ParsedNumber::COUNTRY_CODE_MISSING);
}

// One number, by a text that is simplified.
Understood One(std::string_view simple) {
  const std::string digits = DigitsOf(simple);
  const auto plus = simple.find('+');
  if (digits.empty()) return No(ParsedNumber::NO_NUMBER);
  if (simple.find(kLetter) != std::string_view::npos) return No(ParsedNumber::NOT_ONLY_DIGITS);
  if (simple.find("(0)") != std::string_view::npos) return No(ParsedNumber::TRUNK_PREFIX);
  if (plus == std::string_view::npos) return Dialled(digits);
  const std::string_view before = simple.substr(0, plus);
  const bool is_in_front = std::none_of(before.begin(), before.end(), IsDigit);
  const bool is_alone = simple.find('+', plus + 1) == std::string_view::npos;
  if (!is_in_front || !is_alone) return No(ParsedNumber::NOT_E164);
  return Whole(digits);
}

struct Range {
  E164 first;
  E164 last;
};

// Where a "-" has a whole number on both sides. A number that is written with dashes has none on
// one side of each. Each dash is tried, so a text that is longer than any range is none.
std::optional<Range> RangeOf(std::string_view simple) {
  constexpr std::size_t kLongest = 80;
  if (simple.size() > kLongest) return std::nullopt;
  for (auto dash = simple.find('-'); dash != std::string_view::npos;
       dash = simple.find('-', dash + 1)) {
    const auto first = One(simple.substr(0, dash));
    const auto last = One(simple.substr(dash + 1));
    if (first && last) return Range{*first, *last};
  }
  return std::nullopt;
}

// Numbers of different lengths are not of one range, whatever lies between them.
ParsedNumber::Problem WrongWith(const Range& range, std::uint64_t range_max) {
  if (range.first >= range.last) return ParsedNumber::RANGE_NOT_ASCENDING;
  const bool is_too_large = range.last.digits() - range.first.digits() >= range_max ||
                            range.first.text().size() != range.last.text().size();
  return is_too_large ? ParsedNumber::RANGE_TOO_LARGE : ParsedNumber::PROBLEM_UNSPECIFIED;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \r\v\f";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::uint64_t Count(const ParsedNumber& parsed) {
  if (!parsed.e164().empty()) return 1;
  if (parsed.first().empty()) return 0;
  return E164::Parse(parsed.last())->digits() - E164::Parse(parsed.first())->digits() + 1;
}

}  // namespace

std::vector<std::string_view> TextsIn(std::string_view pasted) {
  constexpr std::string_view kBetween = "\n,;\t";
  std::vector<std::string_view> texts;
  while (!pasted.empty()) {
    const auto end = std::min(pasted.find_first_of(kBetween), pasted.size());
    if (const auto text = Trimmed(pasted.substr(0, end)); !text.empty()) texts.push_back(text);
    pasted.remove_prefix(std::min(end + 1, pasted.size()));
  }
  return texts;
}

ParsedNumber ParseText(std::string_view text, std::uint64_t range_max) {
  ParsedNumber parsed;
  parsed.set_text(std::string(text));
  const std::string simple = Simplified(WithoutScheme(text));
  if (const auto range = RangeOf(simple)) {
    parsed.set_problem(WrongWith(*range, range_max));
    if (parsed.problem() != ParsedNumber::PROBLEM_UNSPECIFIED) return parsed;
    parsed.set_first(range->first.text());
    parsed.set_last(range->last.text());
    return parsed;
  }
  if (const auto number = One(simple)) {
    parsed.set_e164(number->text());
  } else {
    parsed.set_problem(number.error());
  }
  return parsed;
}

ParseNumbersResponse Parse(const std::vector<std::string_view>& texts, std::uint64_t range_max) {
  ParseNumbersResponse response;
  std::uint64_t understood = 0;
  std::uint32_t problems = 0;
  for (const std::string_view text : texts) {
    const ParsedNumber& parsed = *response.add_numbers() = ParseText(text, range_max);
    understood += Count(parsed);
    problems += parsed.problem() == ParsedNumber::PROBLEM_UNSPECIFIED ? 0 : 1;
  }
  response.set_understood(understood);
  response.set_problems(problems);
  return response;
}

}  // namespace dialtone::inventory
