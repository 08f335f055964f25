// Columns of text, lined up for a terminal.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace dialtone::clients::cli {

struct TextTable {
  std::vector<std::string> header;
  std::vector<std::vector<std::string>> rows;  // each as long as the header

  // Without the columns that no row fills. Ends with a line end; lines have no trailing spaces.
  std::string ToText() const;
};

// How many columns of a terminal it takes: code points, as far as they are one column wide.
std::size_t WidthOf(std::string_view utf8);

// `name  value` a line, the values lined up; empty values are left out.
std::string PairsText(const std::vector<std::pair<std::string, std::string>>& pairs,
                      std::string_view indent);

}  // namespace dialtone::clients::cli
