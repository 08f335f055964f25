#include "tests/golden/diagrams.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>

namespace dialtone::golden {

namespace {

constexpr std::string_view kBegin = "```mermaid\n";
constexpr std::string_view kEnd = "```\n";

std::string Read(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

void ExpectDiagram(const std::string& slice, const std::string& mermaid) {
  const auto readme =
      std::filesystem::path(DIALTONE_GOLDEN) / "../../controlplane/domain" / slice / "README.md";
  std::string text = Read(readme);
  const auto begin = text.find(kBegin);
  ASSERT_NE(begin, text.npos) << readme << " has no diagram";
  const auto from = begin + kBegin.size();
  const auto size = text.find(kEnd, from) - from;
  const char* const write = std::getenv("DIALTONE_DIAGRAMS");
  if (write != nullptr && std::string_view(write) == "write") {
    std::ofstream(readme) << text.replace(from, size, mermaid);
    return;
  }
  EXPECT_EQ(text.substr(from, size), mermaid)
      << "the code has another state machine now; see tests/golden/diagrams.h";
}

}  // namespace dialtone::golden
