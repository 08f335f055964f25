#include "clients/cli/set_up_report.h"

#include <absl/strings/str_cat.h>

namespace dialtone::clients::cli {

namespace {

constexpr std::size_t kUserColumn = 1;
constexpr std::size_t kStatusColumn = 2;
constexpr std::size_t kStepColumn = 3;

}  // namespace

CsvRow ReportHeader() { return {"line", "user_id", "status", "step", "facts", "number"}; }

CsvRow ReportRow(const Person& person, const RowResult& result) {
  return {absl::StrCat(person.line),
          person.user_id,
          result.status,
          result.step,
          result.facts,
          result.number};
}

tl::expected<std::unique_ptr<SetUpReport>, std::string> SetUpReport::Open(
    const std::filesystem::path& path, const People& people) {
  auto file = DurableFile::Open(path);
  if (!file) return tl::unexpected(std::move(file.error()));
  std::unique_ptr<SetUpReport> report(new SetUpReport(std::move(*file), people));
  if (auto read = report->Read(); !read) return tl::unexpected(path.string() + " " + read.error());
  return report;
}

tl::expected<void, std::string> SetUpReport::Read() {
  if (file_->text().empty()) return file_->Append(CsvLine(ReportHeader()));
  const auto lines = ReadCsv(file_->text());
  if (!lines || lines->empty() || lines->front().fields != ReportHeader() ||
      lines->size() - 1 > people_.rows.size())
    return tl::unexpected<std::string>("is no report of this file");
  for (auto line = lines->begin() + 1; line != lines->end(); ++line) {
    const Person& person = people_.rows[rows_];
    const CsvRow& fields = line->fields;
    if (fields.size() != ReportHeader().size() || fields[0] != absl::StrCat(person.line) ||
        fields[kUserColumn] != person.user_id) {
      return tl::unexpected(absl::StrCat("is no report of this file: its line ", line->line,
                                         " should be of ", person.user_id));
    }
    Count(fields[kStatusColumn], fields[kStepColumn]);
  }
  return {};
}

std::size_t SetUpReport::refused() const {
  std::size_t count = 0;
  for (const auto& [reason, rows] : refusals_) count += rows;
  return count;
}

tl::expected<void, std::string> SetUpReport::Append(const std::vector<RowResult>& results) {
  std::string lines;
  for (std::size_t i = 0; i < results.size(); ++i)
    lines += CsvLine(ReportRow(people_.rows[rows_ + i], results[i]));
  if (auto written = file_->Append(lines); !written) return written;
  for (const RowResult& result : results) Count(result.status, result.step);
  return {};
}

void SetUpReport::Count(const std::string& status, const std::string& step) {
  ++rows_;
  if (status == kDone) return;
  if (first_reason_.empty()) first_reason_ = status;
  ++refusals_[{status, step}];
}

}  // namespace dialtone::clients::cli
