#include "clients/cli/table.h"

#include <algorithm>
#include <utility>

namespace dialtone::clients::cli {

namespace {

constexpr std::size_t kGap = 2;

void AddLine(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
             std::string& text) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (widths[i] == 0) continue;
    line += cells[i];
    line.append(widths[i] - WidthOf(cells[i]) + kGap, ' ');
  }
  line.erase(line.find_last_not_of(' ') + 1);
  text += line + '\n';
}

}  // namespace

std::size_t WidthOf(std::string_view utf8) {
  return static_cast<std::size_t>(std::count_if(utf8.begin(), utf8.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xc0) != 0x80;
  }));
}

std::string TextTable::ToText() const {
  std::vector<std::size_t> widths(header.size(), 0);
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], WidthOf(row[i]));
  }
  for (std::size_t i = 0; i < header.size(); ++i) {
    if (widths[i] > 0 || rows.empty()) widths[i] = std::max(widths[i], WidthOf(header[i]));
  }
  std::string text;
  AddLine(header, widths, text);
  for (const auto& row : rows) AddLine(row, widths, text);
  return text;
}

std::string PairsText(const std::vector<std::pair<std::string, std::string>>& pairs,
                      std::string_view indent) {
  std::size_t width = 0;
  for (const auto& [name, value] : pairs) {
    if (!value.empty()) width = std::max(width, WidthOf(name));
  }
  std::string text;
  for (const auto& [name, value] : pairs) {
    if (value.empty()) continue;
    text.append(indent).append(name).append(width - WidthOf(name) + kGap, ' ');
    text.append(value).push_back('\n');
  }
  return text;
}

}  // namespace dialtone::clients::cli
