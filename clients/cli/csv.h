// Comma-separated values as RFC 4180 has them, and files as texts.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace dialtone::clients::cli {

using CsvRow = std::vector<std::string>;

struct CsvRecord {
  std::size_t line = 0;  // where it begins, from 1
  CsvRow fields;
};

// Without empty lines, and without a byte order mark; a quoted field may hold commas, quotes
// (doubled) and line ends. What is malformed is read as well as can be.
std::vector<CsvRow> ParseCsv(std::string_view text);
// The same, where nothing may be malformed: the error says in which line and column what is wrong.
tl::expected<std::vector<CsvRecord>, std::string> ReadCsv(std::string_view text);
// One line, quoted where it must be, with its end.
std::string CsvLine(const CsvRow& row);

// All of it; `-` is the standard input.
std::optional<std::string> ReadFile(const std::string& path);

}  // namespace dialtone::clients::cli
