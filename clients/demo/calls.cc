#include "clients/demo/calls.h"

#include <absl/strings/str_format.h>
#include <absl/time/civil_time.h>
#include <absl/time/time.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <random>

namespace dialtone::clients::demo {

namespace {

struct Destination {
  const char* number;
  const char* country;
  const char* kind;  // domestic or international
};
// Of films and manuals, as everywhere in the demo.
constexpr std::array<Destination, 6> kDestinations = {{
    {"+12125550142", "US", "domestic"},
    {"+12065550117", "US", "domestic"},
    {"+14165550133", "CA", "domestic"},
    {"+442079460321", "GB", "international"},
    {"+33199000123", "FR", "international"},
    {"+493023125001", "DE", "international"},
}};
constexpr absl::Duration kMonth = absl::Hours(24 * 30);

std::string LineOf(int call, const std::string& user, const Destination& to, absl::Time start,
                   int seconds) {
  return absl::StrFormat(
      "c-%05d,%s,+12065550100,+12065550100,user_out,%s,%s,%s,%s,%d,,,USD,MCOPSTN1\n", call, user,
      to.kind, to.country, to.number,
      absl::FormatTime(absl::RFC3339_sec, start, absl::UTCTimeZone()), seconds);
}

}  // namespace

void WriteCalls(const Month& month, const std::filesystem::path& file) {
  std::mt19937_64 random(month.seed);
  const auto below = [&](std::uint64_t limit) { return random() % limit; };
  const absl::Time first =
      absl::FromCivil(absl::ToCivilDay(absl::FromChrono(month.end), absl::UTCTimeZone()),
                      absl::UTCTimeZone()) -
      kMonth;
  std::vector<std::int64_t> starts;
  for (int i = 0; i < month.calls; ++i)
    starts.push_back(
        static_cast<std::int64_t>(below(static_cast<std::uint64_t>(absl::ToInt64Seconds(kMonth)))));
  std::sort(starts.begin(), starts.end());
  std::ofstream out(file);
  out << "CallId,UserId,UserNumber,CallerId,CallType,DomesticInternational,Destination,"
         "DestinationNumber,StartTime,DurationSeconds,ConferenceId,Charge,Currency,Capability\n";
  for (int i = 0; i < month.calls; ++i) {
    const std::string& user = month.users[below(month.users.size())];
    const Destination& to = kDestinations[below(10) < 7 ? below(3) : 3 + below(3)];
    const int seconds = static_cast<int>(20 + below(580));
    out << LineOf(i + 1, user, to, first + absl::Seconds(starts[static_cast<std::size_t>(i)]),
                  seconds);
  }
}

}  // namespace dialtone::clients::demo
