// What a call costs, by the rate of its destination: domain.md 9.
#pragma once

#include <cstdint>
#include <string_view>

#include "controlplane/policy/policy.h"

namespace dialtone::billing {

// What calls that have no rate of their own are called in statements.
inline constexpr char kEmergency[] = "Emergency";
inline constexpr char kIncoming[] = "Incoming";

// As the policy has them: 112, 911 …; with or without a + before it.
bool IsEmergency(std::string_view number, const policy::Policy& policy);

// Seconds as they are counted: the rate's minimum at least, in whole increments. 0: nobody
// answered.
inline std::uint64_t BillableSeconds(const policy::v1::Rate& rate, std::uint64_t seconds) {
  if (seconds == 0) return 0;
  const std::uint64_t least = seconds < rate.minimum_seconds() ? rate.minimum_seconds() : seconds;
  const std::uint64_t increment = rate.increment_seconds();
  return (least + increment - 1) / increment * increment;
}

// Micro-units for so many billable seconds: the connection fee, and the minutes, rounded once. 0
// seconds cost nothing.
std::int64_t PriceOf(const policy::v1::Rate& rate, std::uint64_t billable_seconds);

}  // namespace dialtone::billing
