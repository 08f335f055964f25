// Calendar months in UTC: of lots, minute pools and recharges.
#pragma once

#include <string>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::billing {

struct Month {
  Timestamp begin;
  Timestamp end;  // the first moment of the next one

  bool Has(Timestamp at) const { return begin <= at && at < end; }
};

Month MonthOf(Timestamp at);
// `2018-12`.
std::string ToText(const Month& month);

// The same time of the same day, so many months later; of a shorter month the last day.
Timestamp AddMonths(Timestamp at, unsigned months);

}  // namespace dialtone::billing
