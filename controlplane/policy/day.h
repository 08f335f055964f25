// Calendar days, as the policy's tables and the carriers count: without time and zone.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::policy {

using Day = std::chrono::sys_days;

// `YYYY-MM-DD`, a day that exists; nothing else.
std::optional<Day> ParseDay(std::string_view text);
std::string ToText(Day day);

// The day in UTC, and its first moment.
Day DayOf(Timestamp at);
Timestamp StartOf(Day day);

}  // namespace dialtone::policy
