// The forms that texts have, as pure questions: type/v1/options.proto says what each means.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "dialtone/type/v1/options.pb.h"

namespace dialtone::edge {

// UTF-8 without control characters.
bool IsPlainText(std::string_view text);

// REQUIRES: neither FORMAT_UNSPECIFIED nor FORMAT_RESOURCE_NAME.
bool HasFormat(std::string_view text, type::v1::Format format);
// "must be …": what the format wants, for people.
std::string_view FormatMeans(type::v1::Format format);

// A UUIDv7 in its text form, as 16 bytes; empty if it is none.
std::string ParseUuid7(std::string_view text);

// `organizations/{organization}/numbers/{number}`, compiled; several with `|` between them. What
// stands in braces says which ids go there: {sku} and {country} as those formats (`-` is every
// country), {number}, {e164} and {prefix} digits, {month} YYYY-MM, anything else a resource id; `*`
// is any id at all.
class NamePattern {
 public:
  explicit NamePattern(std::string_view pattern);
  bool Matches(std::string_view name) const;

 private:
  enum class Kind : std::uint8_t { kLiteral, kId, kDigits, kSku, kCountry, kMonth, kAny };
  struct Segment {
    Kind kind = Kind::kLiteral;
    std::string literal;
  };
  using Alternative = std::vector<Segment>;

  static Alternative Compile(std::string_view pattern);
  static Segment CompileSegment(std::string_view text);
  static bool MatchesSegment(const Segment& segment, std::string_view text);
  static bool MatchesAll(const Alternative& segments, std::string_view name);

  std::vector<Alternative> alternatives_;
};

}  // namespace dialtone::edge
