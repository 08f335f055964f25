#include "controlplane/policy/day.h"

#include <absl/strings/str_format.h>

namespace dialtone::policy {

namespace {

std::optional<int> ParseDigits(std::string_view text) {
  int value = 0;
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  return value;
}

}  // namespace

std::optional<Day> ParseDay(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = ParseDigits(text.substr(0, 4));
  const auto month = ParseDigits(text.substr(5, 2));
  const auto day = ParseDigits(text.substr(8, 2));
  if (!year || !month || !day) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(*year),
                                         std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  return Day(date);
}

std::string ToText(Day day) {
  const std::chrono::year_month_day date(day);
  return absl::StrFormat("%04d-%02d-%02d", static_cast<int>(date.year()),
                         static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
}

Day DayOf(Timestamp at) {
  const std::chrono::sys_time<std::chrono::microseconds> time(
      std::chrono::microseconds(at.micros()));
  return std::chrono::floor<std::chrono::days>(time);
}

Timestamp StartOf(Day day) { return Timestamp() + Duration::Days(day.time_since_epoch().count()); }

}  // namespace dialtone::policy
