#include "clients/simulators/rules.h"

#include <absl/strings/ascii.h>

#include <fstream>

namespace dialtone::clients::simulators {

namespace {

std::string Stripped(std::string_view text) {
  return std::string(absl::StripAsciiWhitespace({text.data(), text.size()}));
}

}  // namespace

std::string KeyOf(std::string_view text) {
  std::string key;
  for (const char c : text) {
    if (c != ' ' && c != '-') key.push_back(absl::ascii_tolower(static_cast<unsigned char>(c)));
  }
  return key;
}

tl::expected<Rule, std::string> ParseRule(const std::string& text) {
  const auto equals = text.find('=');
  Rule rule;
  if (equals != std::string::npos)
    rule = {KeyOf(text.substr(0, equals)), Stripped(text.substr(equals + 1))};
  if (rule.key.empty() || rule.script.empty())
    return tl::unexpected("a rule is KEY=SCRIPT, not " + text);
  return rule;
}

tl::expected<std::vector<std::string>, std::string> ReadRules(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) return tl::unexpected("the file " + file.string() + " cannot be read");
  std::vector<std::string> rules;
  for (std::string line; std::getline(stream, line);) {
    std::string rule = Stripped(line);
    if (!rule.empty() && rule.front() != '#') rules.push_back(std::move(rule));
  }
  return rules;
}

}  // namespace dialtone::clients::simulators
