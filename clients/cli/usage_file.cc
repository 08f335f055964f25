#include "clients/cli/usage_file.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_split.h>
#include <absl/strings/strip.h>
#include <absl/time/time.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <map>
#include <utility>

#include "clients/cli/csv.h"
#include "clients/cli/names.h"
#include "clients/cli/values.h"
#include "dialtone/billing/v1/billing_service.pb.h"

namespace dialtone::clients::cli {

namespace {

using billing::v1::UsageBatch;
using billing::v1::UsageRecord;
using Batches = tl::expected<std::vector<RequestPtr>, std::string>;

constexpr std::size_t kRecordsMax = 1'000;

// Where the columns stand that count; a report has more of them.
struct Layout {
  std::size_t user = 0, call_type = 0, destination = 0, start = 0, duration = 0;
  std::size_t columns = 0;
};

tl::expected<Layout, std::string> LayoutOf(const CsvRow& header) {
  Layout layout;
  layout.columns = header.size();
  const std::pair<const char*, std::size_t*> wanted[] = {{"UserId", &layout.user},
                                                         {"CallType", &layout.call_type},
                                                         {"DestinationNumber", &layout.destination},
                                                         {"StartTime", &layout.start},
                                                         {"DurationSeconds", &layout.duration}};
  for (const auto& [name, place] : wanted) {
    const auto found = std::find(header.begin(), header.end(), name);
    if (found == header.end()) return tl::unexpected(absl::StrCat("the file has no column ", name));
    *place = static_cast<std::size_t>(found - header.begin());
  }
  return layout;
}

std::uint32_t UserIndex(const std::string& user, UsageBatch& batch) {
  const auto& users = batch.users();
  const auto index = std::find(users.begin(), users.end(), user) - users.begin();
  if (index == users.size()) batch.add_users(user);
  return static_cast<std::uint32_t>(index);
}

bool AddRecord(const CsvRow& row, const Layout& layout, UsageBatch& batch) {
  if (row.size() != layout.columns) return false;
  absl::Time start;
  std::string error;
  std::uint64_t number = 0;
  std::uint32_t seconds = 0;
  const std::string& destination = row[layout.destination];
  const auto* const type =
      FindEnumValue(*billing::v1::CallType_descriptor(), row[layout.call_type]);
  if (type == nullptr || !absl::ParseTime(absl::RFC3339_full, row[layout.start], &start, &error) ||
      !absl::SimpleAtoi(absl::StripPrefix(destination, "+"), &number) ||
      !absl::SimpleAtoi(row[layout.duration], &seconds))
    return false;
  UsageRecord& record = *batch.add_records();
  record.set_user(UserIndex(row[layout.user], batch));
  record.set_number(number);
  record.set_seconds(seconds);
  record.set_start_micros(absl::ToUnixMicros(start));
  record.set_call_type(static_cast<billing::v1::CallType>(type->number()));
  return true;
}

Batches FromCsv(const std::vector<CsvRow>& rows, const std::string& source, std::uint64_t first) {
  const auto layout =
      rows.empty() ? tl::unexpected<std::string>("the file is empty") : LayoutOf(rows.front());
  if (!layout) return tl::unexpected(layout.error());
  std::vector<RequestPtr> batches;
  for (std::size_t i = 1; i < rows.size();) {
    auto batch = std::make_unique<UsageBatch>();
    batch->set_source(source);
    batch->set_first_sequence(first + i - 1);
    for (const std::size_t end = std::min(i + kRecordsMax, rows.size()); i < end; ++i) {
      if (!AddRecord(rows[i], *layout, *batch))
        return tl::unexpected(absl::StrCat("line ", i + 1, " is no record of a call"));
    }
    batches.push_back(std::move(batch));
  }
  return batches;
}

Batches FromJsonLines(const std::string& text, const std::string& source) {
  std::vector<RequestPtr> batches;
  for (const auto line : absl::StrSplit(text, '\n', absl::SkipWhitespace())) {
    auto batch = std::make_unique<UsageBatch>();
    const auto status = google::protobuf::util::JsonStringToMessage(std::string(line), batch.get());
    if (!status.ok()) return tl::unexpected("a line is no batch: " + status.ToString());
    if (batch->source().empty()) batch->set_source(source);
    batches.push_back(std::move(batch));
  }
  return batches;
}

}  // namespace

Batches ReadUsage(const Arguments& arguments) {
  const auto& rest = arguments.rest;  // usage record SOURCE [--first-sequence N]
  std::uint64_t first = 1;
  const bool has_first =
      rest.size() == 5 && rest[3] == "--first-sequence" && absl::SimpleAtoi(rest[4], &first);
  if (arguments.file.empty() || (rest.size() != 3 && !has_first))
    return tl::unexpected<std::string>("say usage record SOURCE --file FILE [--first-sequence N]");
  const auto source =
      WholeName("organizations/{organization}/usageSources/{usage_source}", rest[2], arguments.org);
  if (!source) return tl::unexpected("the source " + source.error());
  const auto text = ReadFile(arguments.file);
  if (!text) return tl::unexpected("--file cannot be read: " + arguments.file);
  if (text->rfind('{', 0) == 0) return FromJsonLines(*text, *source);
  return FromCsv(ParseCsv(*text), *source, first);
}

}  // namespace dialtone::clients::cli
