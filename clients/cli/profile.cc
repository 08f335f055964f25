#include "clients/cli/profile.h"

#include <absl/strings/ascii.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <map>
#include <memory>

namespace dialtone::clients::cli {

namespace {

std::optional<std::string> Environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr || *value == '\0') return std::nullopt;
  return value;
}

std::filesystem::path Folder(const char* variable, const char* below_home) {
  if (const auto folder = Environment(variable)) return std::filesystem::path(*folder) / "dialtone";
  return std::filesystem::path(Environment("HOME").value_or(".")) / below_home / "dialtone";
}

std::string AsFileName(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return std::isalnum(c) == 0 && c != '.'; },
      '_');
  return text;
}

// `key = "value"` a line: as much of TOML as a profile needs.
std::map<std::string, std::string> ReadProfile(const std::filesystem::path& file) {
  std::map<std::string, std::string> values;
  std::ifstream stream(file);
  for (std::string line; std::getline(stream, line);) {
    const auto equals = line.find('=');
    if (equals == std::string::npos || line.front() == '#') continue;
    const std::string key(absl::StripAsciiWhitespace(line.substr(0, equals)));
    std::string value(absl::StripAsciiWhitespace(line.substr(equals + 1)));
    if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
      value = value.substr(1, value.size() - 2);
    values["DIALTONE_" + absl::AsciiStrToUpper(key)] = value;
  }
  return values;
}

}  // namespace

Lookup EnvironmentOverProfile(const std::string& profile) {
  const auto file = Folder("XDG_CONFIG_HOME", ".config") / (AsFileName(profile) + ".toml");
  const auto values = std::make_shared<std::map<std::string, std::string>>(ReadProfile(file));
  return [values](const std::string& name) -> std::optional<std::string> {
    if (auto set = Environment(name)) return set;
    const auto found = values->find(name);
    if (found == values->end()) return std::nullopt;
    return found->second;
  };
}

std::filesystem::path TokenFile(const std::string& profile, const std::string& server) {
  return Folder("XDG_STATE_HOME", ".local/state") / AsFileName(profile) / AsFileName(server);
}

}  // namespace dialtone::clients::cli
