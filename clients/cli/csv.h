// Comma-separated values as RFC 4180 has them, and files as texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace dialtone::clients::cli {

using CsvRow = std::vector<std::string>;

// Without empty lines; a quoted field may hold commas, quotes (doubled) and line ends.
std::vector<CsvRow> ParseCsv(std::string_view text);
// One line, quoted where it must be, with its end.
std::string CsvLine(const CsvRow& row);

// All of it; `-` is the standard input.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace dialtone::clients::cli
