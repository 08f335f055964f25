#include "controlplane/domain/billing/months.h"

#include <chrono>

#include "controlplane/policy/day.h"

namespace dialtone::billing {

namespace {

std::chrono::year_month_day DateOf(Timestamp at) { return policy::DayOf(at); }

}  // namespace

Month MonthOf(Timestamp at) {
  const auto date = DateOf(at);
  const std::chrono::year_month_day first = date.year() / date.month() / 1;
  const std::chrono::year_month_day next = first + std::chrono::months(1);
  return {policy::StartOf(policy::Day(first)), policy::StartOf(policy::Day(next))};
}

std::string ToText(const Month& month) {
  return policy::ToText(policy::DayOf(month.begin)).substr(0, sizeof("YYYY-MM") - 1);
}

Timestamp AddMonths(Timestamp at, unsigned months) {
  const Duration time_of_day = at - policy::StartOf(policy::DayOf(at));
  std::chrono::year_month_day date = DateOf(at) + std::chrono::months(static_cast<int>(months));
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return policy::StartOf(policy::Day(date)) + time_of_day;
}

}  // namespace dialtone::billing
