#include "clients/cli/values.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/time/time.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/rpc/status.pb.h>

#include <algorithm>
#include <cctype>

#include "clients/cpp/failure.h"
#include "dialtone/type/v1/money.pb.h"
#include "dialtone/type/v1/sequence_window.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::EnumValueDescriptor;
using google::protobuf::Message;

constexpr std::int64_t kMicros = 1'000'000;
constexpr int kDecimals = 6;

std::string Upper(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(), [](unsigned char c) {
    return c == '-' || c == ' ' ? '_' : static_cast<char>(std::toupper(c));
  });
  return upper;
}

// ACCOUNT_ of ACCOUNT_CASH and ACCOUNT_HELD; empty if not all have it.
std::string SharedPrefix(const EnumDescriptor& type) {
  const std::string& unset = type.value(0)->name();
  const auto end = unset.rfind("UNSPECIFIED");
  if (end == std::string::npos) return "";
  std::string prefix = unset.substr(0, end);
  for (int i = 0; i < type.value_count(); ++i) {
    if (type.value(i)->name().rfind(prefix, 0) != 0) return "";
  }
  return prefix;
}

bool ParseTime(const std::string& text, google::protobuf::Timestamp& value) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(absl::RFC3339_full, text, &time, &error) &&
      !absl::ParseTime("%Y-%m-%d", text, &time, &error))
    return false;
  value.set_seconds(absl::ToUnixSeconds(time));
  value.set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(value.seconds()))));
  return true;
}

// 90s, 2h30m, 31d.
bool ParseSpan(const std::string& text, google::protobuf::Duration& value) {
  absl::Duration span;
  std::int64_t days = 0;
  if (!text.empty() && text.back() == 'd' &&
      absl::SimpleAtoi(text.substr(0, text.size() - 1), &days)) {
    span = absl::Hours(24 * days);
  } else if (!absl::ParseDuration(text, &span)) {
    return false;
  }
  value.set_seconds(absl::ToInt64Seconds(span));
  value.set_nanos(
      static_cast<int>(absl::ToInt64Nanoseconds(span - absl::Seconds(value.seconds()))));
  return true;
}

// 50, 50.25 USD, 50USD.
bool ParseMoney(const std::string& text, type::v1::Money& value) {
  const auto is_letter = [](unsigned char c) { return std::isalpha(c) != 0; };
  const auto letters = std::find_if(text.begin(), text.end(), is_letter);
  std::string number(text.begin(), letters);
  while (!number.empty() && number.back() == ' ') number.pop_back();
  const auto micros = ParseMicros(number);
  const std::string currency(letters, text.end());
  if (!micros || (!currency.empty() && currency.size() != 3)) return false;
  value.set_micros(*micros);
  value.set_currency_code(currency.empty() ? "USD" : Upper(currency));
  return true;
}

std::string MoneyText(const type::v1::Money& money) {
  const std::int64_t whole = money.micros() / kMicros;
  std::string decimals = absl::StrFormat("%06d", std::abs(money.micros() % kMicros));
  while (decimals.size() > 2 && decimals.back() == '0') decimals.pop_back();
  const char* const sign = money.micros() < 0 && whole == 0 ? "-" : "";
  return absl::StrCat(sign, whole, ".", decimals, " ", money.currency_code());
}

std::string SpanText(const google::protobuf::Duration& span) {
  return absl::FormatDuration(absl::Seconds(span.seconds()) + absl::Nanoseconds(span.nanos()));
}

std::string StatusText(const google::rpc::Status& status) {
  const Failure failure = Failure::Of(status);
  if (failure.code == grpc::StatusCode::OK) return "OK";
  return failure.reason.empty() ? NameOf(failure.code) : failure.reason;
}

}  // namespace

const EnumValueDescriptor* FindEnumValue(const EnumDescriptor& type, std::string_view text) {
  const std::string name = Upper(text);
  if (const auto* const value = type.FindValueByName(name)) return value;
  return type.FindValueByName(SharedPrefix(type) + name);
}

std::string EnumText(const EnumValueDescriptor& value) {
  return value.name().substr(SharedPrefix(*value.type()).size());
}

std::optional<std::int64_t> ParseMicros(std::string_view text) {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative) text.remove_prefix(1);
  const auto point = std::min(text.find('.'), text.size());
  std::string digits(text.substr(0, point));
  const std::string_view decimals = text.substr(std::min(point + 1, text.size()));
  if (digits.empty() || decimals.size() > kDecimals) return std::nullopt;
  digits.append(decimals).append(kDecimals - decimals.size(), '0');
  std::int64_t micros = 0;
  const bool is_number = std::all_of(digits.begin(), digits.end(),
                                     [](unsigned char c) { return std::isdigit(c) != 0; });
  if (!is_number || !absl::SimpleAtoi(digits, &micros)) return std::nullopt;
  return is_negative ? -micros : micros;
}

bool ParseValue(const std::string& text, Message& value) {
  if (auto* const time = dynamic_cast<google::protobuf::Timestamp*>(&value))
    return ParseTime(text, *time);
  if (auto* const span = dynamic_cast<google::protobuf::Duration*>(&value))
    return ParseSpan(text, *span);
  if (auto* const money = dynamic_cast<type::v1::Money*>(&value)) return ParseMoney(text, *money);
  return false;
}

std::string ValueText(const Message& value) {
  if (const auto* const time = dynamic_cast<const google::protobuf::Timestamp*>(&value)) {
    return absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixSeconds(time->seconds()),
                            absl::UTCTimeZone());
  }
  if (const auto* const span = dynamic_cast<const google::protobuf::Duration*>(&value))
    return SpanText(*span);
  if (const auto* const money = dynamic_cast<const type::v1::Money*>(&value))
    return MoneyText(*money);
  if (const auto* const status = dynamic_cast<const google::rpc::Status*>(&value))
    return StatusText(*status);
  if (const auto* const window = dynamic_cast<const type::v1::SequenceWindow*>(&value))
    return absl::StrCat("done to ", window->low());
  return value.ShortDebugString();
}

}  // namespace dialtone::clients::cli
