// A batch of usage as rows: what its calls come to by day, user and destination, and by month.
#pragma once

#include <string>

#include "controlplane/kernel/position.h"
#include "dialtone/billing/v1/billing_event.pb.h"
#include "projections/kernel/projection.h"

namespace dialtone::projections {

// `2018-12-01`, in UTC.
std::string DayText(Timestamp at);
// `2018-12`.
std::string MonthText(Timestamp at);

// Usage days by the calls' own days, invoice lines by the month in which the batch was booked.
void ProjectCalls(const billing::v1::UsageRecorded& event, const std::string& organization,
                  Moment at, RowWriter& rows);

}  // namespace dialtone::projections
