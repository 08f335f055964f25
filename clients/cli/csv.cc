#include "clients/cli/csv.h"

#include <fstream>
#include <iostream>
#include <iterator>
#include <utility>

namespace dialtone::clients::cli {

std::vector<CsvRow> ParseCsv(std::string_view text) {
  std::vector<CsvRow> rows;
  CsvRow row;
  std::string field;
  bool is_quoted = false;
  const auto end_row = [&] {
    if (row.empty() && field.empty()) return;
    row.push_back(std::exchange(field, {}));
    rows.push_back(std::exchange(row, {}));
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (is_quoted) {
      const bool is_doubled = c == '"' && i + 1 < text.size() && text[i + 1] == '"';
      if (c == '"' && !is_doubled) {
        is_quoted = false;
      } else {
        field += c;
        if (is_doubled) ++i;
      }
    } else if (c == '"') {
      is_quoted = true;
    } else if (c == ',') {
      row.push_back(std::exchange(field, {}));
    } else if (c == '\n') {
      end_row();
    } else if (c != '\r') {
      field += c;
    }
  }
  end_row();
  return rows;
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
