#include "controlplane/edge/rpc/format.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace dialtone::edge {

namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
bool IsLower(char c) { return c >= 'a' && c <= 'z'; }
bool IsAlnum(char c) { return IsDigit(c) || IsUpper(c) || IsLower(c); }
bool AllDigits(std::string_view text) { return std::all_of(text.begin(), text.end(), IsDigit); }
bool AllUpper(std::string_view text) { return std::all_of(text.begin(), text.end(), IsUpper); }

bool IsResourceId(std::string_view text) {
  const auto fits = [](char c) { return IsLower(c) || IsDigit(c) || c == '-'; };
  return !text.empty() && text.size() <= 63 && text.front() != '-' && text.back() != '-' &&
         std::all_of(text.begin(), text.end(), fits);
}

bool IsSku(std::string_view text) {
  const auto fits = [](char c) { return IsUpper(c) || IsDigit(c) || c == '_'; };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), fits);
}

bool IsAnyId(std::string_view text) {
  const auto fits = [](char c) { return IsAlnum(c) || c == '-' || c == '_' || c == '.'; };
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), fits);
}

bool IsE164(std::string_view text) {
  return text.size() >= 8 && text.size() <= 16 && text[0] == '+' && text[1] != '0' &&
         AllDigits(text.substr(1));
}

// xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx
bool IsDash(std::size_t at) { return at == 8 || at == 13 || at == 18 || at == 23; }

bool IsUuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_hex = IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
    if (IsDash(i) ? c != '-' : !is_hex) return false;
  }
  return true;
}

bool IsDomain(std::string_view text) {
  const auto fits = [](char c) { return IsAlnum(c) || c == '-' || c == '.'; };
  return !text.empty() && text.size() <= 253 && text.front() != '.' && text.back() != '.' &&
         text.find("..") == std::string_view::npos && std::all_of(text.begin(), text.end(), fits);
}

bool IsEmail(std::string_view text) {
  const std::size_t at = text.rfind('@');
  if (at == std::string_view::npos || at == 0 || at > 64) return false;
  const auto fits = [](char c) {
    return c != '@' && c != ' ' && c != '<' && c != '>' && c != ',' && c != ';' && c != '"';
  };
  const std::string_view local = text.substr(0, at);
  const std::string_view domain = text.substr(at + 1);
  return std::all_of(local.begin(), local.end(), fits) && IsDomain(domain) &&
         domain.find('.') != std::string_view::npos;
}

int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

bool IsMonth(std::string_view text) {
  if (text.size() != 7 || text[4] != '-' || !AllDigits(text.substr(0, 4)) ||
      !AllDigits(text.substr(5)))
    return false;
  const int month = Number(text.substr(5));
  return month >= 1 && month <= 12;
}

bool IsDate(std::string_view text) {
  if (text.size() != 10 || !IsMonth(text.substr(0, 7)) || text[7] != '-' ||
      !AllDigits(text.substr(8)))
    return false;
  constexpr std::array<int, 13> kDays = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int year = Number(text.substr(0, 4));
  const int month = Number(text.substr(5, 2));
  const int day = Number(text.substr(8));
  const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day >= 1 && day <= kDays.at(static_cast<std::size_t>(month)) &&
         (month != 2 || day < 29 || is_leap);
}

bool IsSipUri(std::string_view text) {
  const std::size_t scheme = text.starts_with("sip:") ? 4 : text.starts_with("sips:") ? 5 : 0;
  if (scheme == 0) return false;
  std::string_view rest = text.substr(scheme);
  if (const std::size_t at = rest.find('@'); at != std::string_view::npos) {
    if (at == 0) return false;
    rest = rest.substr(at + 1);
  }
  rest = rest.substr(0, rest.find(';'));
  const auto fits = [](char c) {
    return IsAlnum(c) || c == '.' || c == '-' || c == ':' || c == '[' || c == ']';
  };
  return !rest.empty() && std::all_of(rest.begin(), rest.end(), fits);
}

// Its form only: whether the zone exists is for whoever has the zones.
bool IsTimeZone(std::string_view text) {
  const auto fits = [](char c) {
    return IsAlnum(c) || c == '/' || c == '_' || c == '-' || c == '+';
  };
  return text.size() <= 64 && IsUpper(text.front()) && text.back() != '/' &&
         std::all_of(text.begin(), text.end(), fits);
}

// The length of the UTF-8 sequence at the front, 0 if it is none or a control character.
std::size_t Sequence(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return first >= 0x20 && first != 0x7F ? 1 : 0;
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0U) != 0x80U) return 0;
  }
  const bool is_bad = (first == 0xE0 && byte(1) < 0xA0) || (first == 0xED && byte(1) > 0x9F) ||
                      (first == 0xF0 && byte(1) < 0x90) || (first == 0xF4 && byte(1) > 0x8F) ||
                      (first == 0xC2 && byte(1) < 0xA0);  // C1 controls
  return is_bad ? 0 : length;
}

}  // namespace

bool IsPlainText(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = Sequence(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool HasFormat(std::string_view text, type::v1::Format format) {
  using namespace type::v1;  // NOLINT(google-build-using-namespace): the enum's values
  switch (static_cast<int>(format)) {
    case FORMAT_RESOURCE_ID:
      return IsResourceId(text);
    case FORMAT_E164:
      return IsE164(text);
    case FORMAT_DIGITS:
      return !text.empty() && AllDigits(text);
    case FORMAT_COUNTRY:
      return text.size() == 2 && AllUpper(text);
    case FORMAT_UUID:
      return IsUuid(text);
    case FORMAT_SKU:
      return IsSku(text);
    case FORMAT_EMAIL:
      return IsEmail(text);
    case FORMAT_CURRENCY:
      return text.size() == 3 && AllUpper(text);
    case FORMAT_DATE:
      return IsDate(text);
    case FORMAT_SIP_URI:
      return IsSipUri(text);
    case FORMAT_TIME_ZONE:
      return !text.empty() && IsTimeZone(text);
    default:
      return true;
  }
}

std::string_view FormatMeans(type::v1::Format format) {
  constexpr std::array<std::string_view, 13> kMeans = {
      "a text",
      "a resource name",
      "1 to 63 of a-z, 0-9 and -, not beginning or ending with -",
      "a number in E.164 form: + and 7 to 15 digits",
      "digits only",
      "an ISO 3166-1 country code of two capital letters",
      "a UUID",
      "a product code of capital letters, digits and _",
      "one mail address",
      "an ISO 4217 currency code of three capital letters",
      "a date as YYYY-MM-DD",
      "a sip: or sips: URI",
      "an IANA time zone"};
  return kMeans.at(static_cast<std::size_t>(format));
}

std::string ParseUuid7(std::string_view text) {
  if (!IsUuid(text) || text[14] != '7') return "";
  std::string bytes;
  const auto digit = [](char c) {
    return static_cast<unsigned>(IsDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
  };
  for (std::size_t i = 0; i < text.size(); i += 2) {
    if (IsDash(i)) ++i;
    bytes.push_back(static_cast<char>(digit(text[i]) << 4U | digit(text[i + 1])));
  }
  return bytes;
}

NamePattern::NamePattern(std::string_view pattern) {
  while (true) {
    const std::size_t bar = pattern.find('|');
    alternatives_.push_back(Compile(pattern.substr(0, bar)));
    if (bar == std::string_view::npos) return;
    pattern.remove_prefix(bar + 1);
  }
}

NamePattern::Alternative NamePattern::Compile(std::string_view pattern) {
  Alternative segments;
  while (true) {
    const std::size_t slash = pattern.find('/');
    segments.push_back(CompileSegment(pattern.substr(0, slash)));
    if (slash == std::string_view::npos) return segments;
    pattern.remove_prefix(slash + 1);
  }
}

NamePattern::Segment NamePattern::CompileSegment(std::string_view text) {
  if (text == "*") return {Kind::kAny, ""};
  if (text.size() < 2 || text.front() != '{') return {Kind::kLiteral, std::string(text)};
  const std::string_view variable = text.substr(1, text.size() - 2);
  if (variable == "sku") return {Kind::kSku, ""};
  if (variable == "country" || variable == "iso") return {Kind::kCountry, ""};
  if (variable == "month") return {Kind::kMonth, ""};
  if (variable == "number" || variable == "e164" || variable == "prefix" ||
      variable == "number_block")
    return {Kind::kDigits, ""};
  return {Kind::kId, ""};
}

bool NamePattern::MatchesSegment(const Segment& segment, std::string_view text) {
  switch (segment.kind) {
    case Kind::kLiteral:
      return text == segment.literal;
    case Kind::kId:
      return IsResourceId(text);
    case Kind::kDigits:
      return !text.empty() && text.size() <= 15 && AllDigits(text);
    case Kind::kSku:
      return IsSku(text);
    case Kind::kCountry:
      return text == "-" || (text.size() == 2 && AllUpper(text));
    case Kind::kMonth:
      return IsMonth(text);
    case Kind::kAny:
      return IsAnyId(text);
  }
  return false;
}

bool NamePattern::MatchesAll(const Alternative& segments, std::string_view name) {
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const bool is_last = i + 1 == segments.size();
    const std::size_t slash = name.find('/');
    if (is_last != (slash == std::string_view::npos)) return false;
    if (!MatchesSegment(segments[i], name.substr(0, slash))) return false;
    if (!is_last) name.remove_prefix(slash + 1);
  }
  return true;
}

bool NamePattern::Matches(std::string_view name) const {
  return std::any_of(alternatives_.begin(), alternatives_.end(),
                     [&](const Alternative& one) { return MatchesAll(one, name); });
}

}  // namespace dialtone::edge
