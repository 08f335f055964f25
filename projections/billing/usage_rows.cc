#include "projections/billing/usage_rows.h"

#include <absl/container/flat_hash_map.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <tuple>

#include "controlplane/kernel/timestamp.h"
#include "projections/billing/billing_rows.h"

namespace dialtone::projections {

namespace {

using billing::v1::UsageRecorded;

constexpr std::int64_t kDayMicros = Duration::Days(1).micros();

struct Sum {
  std::uint64_t calls = 0;
  std::uint64_t seconds = 0;
  std::uint64_t pool_seconds = 0;
  std::int64_t charge = 0;

  void Add(const UsageRecorded& event, int i) {
    ++calls;
    seconds += event.seconds(i);
    pool_seconds += event.pool_seconds(i);
    charge += event.charge_micros(i);
  }
  template <class Row>
  void AddTo(Row& row) const {
    row.set_calls(row.calls() + calls);
    row.set_seconds(row.seconds() + seconds);
    row.set_pool_seconds(row.pool_seconds() + pool_seconds);
  }
};

// Day since 1970, and the places of user and destination in the event.
using Place = std::tuple<std::int64_t, std::uint32_t, std::uint32_t>;

bool IsRefused(const UsageRecorded& event, int i) {
  return i < event.refusal_size() && event.refusal(i) != billing::v1::BILLING_REFUSAL_UNSPECIFIED;
}

std::int64_t DayOf(std::int64_t micros) {
  return micros / kDayMicros - (micros % kDayMicros < 0 ? 1 : 0);
}

void AddMoney(type::v1::Money& money, std::int64_t micros, const std::string& currency) {
  money.set_currency_code(currency);
  money.set_micros(money.micros() + micros);
}

void PutDay(const Place& place, const Sum& sum, const UsageRecorded& event,
            const std::string& organization, RowWriter& rows) {
  const auto& [day, user_place, destination_place] = place;
  const std::string day_text = DayText(Timestamp::Micros(day * kDayMicros));
  // An emergency call is counted whoever made it.
  const bool is_known = user_place < static_cast<std::uint32_t>(event.users_size());
  const std::string user =
      is_known ? organization + "/users/" + event.users(static_cast<int>(user_place)) : "";
  const std::string& destination = event.destinations(static_cast<int>(destination_place));
  rows.Update(kUsageDays, Key(organization, day_text, user, destination),
              [&](billing::v1::UsageDay& row) {
                row.set_day(day_text);
                row.set_user(user);
                row.set_destination(destination);
                sum.AddTo(row);
                AddMoney(*row.mutable_charge(), sum.charge, event.currency_code());
              });
}

}  // namespace

std::string DayText(Timestamp at) {
  const std::chrono::year_month_day date =
      std::chrono::sys_days(std::chrono::days(DayOf(at.micros())));
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return text.data();
}

std::string MonthText(Timestamp at) { return DayText(at).substr(0, sizeof("YYYY-MM") - 1); }

void ProjectCalls(const UsageRecorded& event, const std::string& organization, Moment at,
                  RowWriter& rows) {
  absl::flat_hash_map<Place, Sum> by_day;
  absl::flat_hash_map<std::uint32_t, Sum> by_destination;
  std::uint64_t start = 0;  // without a sign: a refused record's may be any number
  for (int i = 0; i < event.number_size(); ++i) {
    start += static_cast<std::uint64_t>(event.start_step_micros(i));
    if (IsRefused(event, i)) continue;
    by_day[{DayOf(static_cast<std::int64_t>(start)), event.user(i), event.destination(i)}].Add(
        event, i);
    by_destination[event.destination(i)].Add(event, i);
  }
  for (const auto& [place, sum] : by_day) PutDay(place, sum, event, organization, rows);
  for (const auto& [place, sum] : by_destination) {
    const std::string& destination = event.destinations(static_cast<int>(place));
    rows.Update(kInvoiceLines, Key(organization, MonthText(at.time), destination),
                [&, counted = sum](billing::v1::InvoiceLine& line) {
                  line.set_destination(destination);
                  counted.AddTo(line);
                  AddMoney(*line.mutable_amount(), counted.charge, event.currency_code());
                });
  }
}

}  // namespace dialtone::projections
