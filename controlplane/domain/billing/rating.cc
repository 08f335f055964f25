#include "controlplane/domain/billing/rating.h"

#include <algorithm>

#include "controlplane/kernel/money.h"

namespace dialtone::billing {

namespace {

constexpr std::int64_t kSecondsOfMinute = 60;

}  // namespace

bool IsEmergency(std::string_view number, const policy::Policy& policy) {
  if (number.starts_with('+')) number.remove_prefix(1);
  const auto& numbers = policy.emergency().numbers();
  return std::find(numbers.begin(), numbers.end(), number) != numbers.end();
}

std::int64_t PriceOf(const policy::v1::Rate& rate, std::uint64_t billable_seconds) {
  if (billable_seconds == 0) return 0;
  return rate.connection_fee_micros() + MultiplyRounded(rate.per_minute_micros(),
                                                        static_cast<std::int64_t>(billable_seconds),
                                                        kSecondsOfMinute);
}

}  // namespace dialtone::billing
