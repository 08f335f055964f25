#include "clients/cli/csv.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace dialtone::clients::cli {

namespace {

constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

class CsvScanner {
 public:
  void Scan(std::string_view text);

  std::vector<CsvRecord> records;
  std::string problem;  // the first one; empty: none

 private:
  enum class At { kStart, kPlain, kQuoted, kClosed };  // of a field

  void TakeQuote();
  void TakePlain(char c);
  void EndField();
  void EndRecord();
  void Wrong(const std::string& what, std::size_t line, std::size_t column);

  At at_ = At::kStart;
  CsvRecord record_;
  std::string field_;
  std::size_t line_ = 1;
  std::size_t column_ = 0;  // of the character that is taken, from 1
  std::size_t quote_line_ = 0;
  std::size_t quote_column_ = 0;
};

void CsvScanner::Scan(std::string_view text) {
  if (text.substr(0, kByteOrderMark.size()) == kByteOrderMark)
    text.remove_prefix(kByteOrderMark.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool is_continued = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;  // in UTF-8
    if (!is_continued) ++column_;
    const bool is_doubled = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
    if (at_ == At::kQuoted && is_doubled) {
      field_ += c;
      ++column_;
      ++i;
    } else if (c == '"') {
      TakeQuote();
    } else {
      TakePlain(c);
    }
    if (c == '\n') {
      ++line_;
      column_ = 0;
    }
  }
  if (at_ == At::kQuoted) Wrong("a quote is never closed", quote_line_, quote_column_);
  EndRecord();
}

void CsvScanner::TakeQuote() {
  if (at_ == At::kQuoted) {
    at_ = At::kClosed;
    return;
  }
  if (at_ != At::kStart) Wrong("a quote inside of a field that is not quoted", line_, column_);
  if (record_.line == 0) record_.line = line_;
  at_ = At::kQuoted;
  quote_line_ = line_;
  quote_column_ = column_;
}

void CsvScanner::TakePlain(char c) {
  if (at_ == At::kQuoted) {
    field_ += c;
  } else if (c == '\n') {
    EndRecord();
  } else if (c == ',') {
    if (record_.line == 0) record_.line = line_;
    EndField();
  } else if (c != '\r') {
    if (at_ == At::kClosed) Wrong("text behind a closing quote", line_, column_);
    if (record_.line == 0) record_.line = line_;
    at_ = At::kPlain;
    field_ += c;
  }
}

void CsvScanner::EndField() {
  record_.fields.push_back(std::exchange(field_, {}));
  at_ = At::kStart;
}

void CsvScanner::EndRecord() {
  const bool is_empty = record_.fields.empty() && field_.empty();
  EndField();
  if (!is_empty) records.push_back(std::move(record_));
  record_ = {};
}

void CsvScanner::Wrong(const std::string& what, std::size_t line, std::size_t column) {
  if (problem.empty()) {
    problem = "line " + std::to_string(line) + ", column " + std::to_string(column) + ": " + what;
  }
}

}  // namespace

std::vector<CsvRow> ParseCsv(std::string_view text) {
  CsvScanner scanner;
  scanner.Scan(text);
  std::vector<CsvRow> rows;
  for (CsvRecord& record : scanner.records) rows.push_back(std::move(record.fields));
  return rows;
}

tl::expected<std::vector<CsvRecord>, std::string> ReadCsv(std::string_view text) {
  CsvScanner scanner;
  scanner.Scan(text);
  if (!scanner.problem.empty()) return tl::unexpected(std::move(scanner.problem));
  return std::move(scanner.records);
}

std::string CsvLine(const CsvRow& row) {
  std::string line;
  for (const std::string& field : row) {
    if (!line.empty() || &field != &row.front()) line += ',';
    if (field.find_first_of(",\"\r\n") == std::string::npos) {
      line += field;
      continue;
    }
    line += '"';
    for (const char c : field) line.append(c == '"' ? 2 : 1, c);
    line += '"';
  }
  return line + '\n';
}

std::optional<std::string> ReadFile(const std::string& path) {
  if (path == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  std::ifstream stream(path, std::ios::binary);
  if (!stream) return std::nullopt;
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

}  // namespace dialtone::clients::cli
