#include "clients/cli/names.h"

#include <absl/strings/match.h>
#include <absl/strings/str_join.h>
#include <absl/strings/str_split.h>

#include <algorithm>
#include <vector>

#include "dialtone/type/v1/options.pb.h"

namespace dialtone::clients::cli {

namespace {

bool IsVariable(const std::string& segment) { return !segment.empty() && segment.front() == '{'; }

bool IsWhole(const std::vector<std::string>& pattern, const std::vector<std::string>& text) {
  if (pattern.size() != text.size()) return false;
  return std::equal(pattern.begin(), pattern.end(), text.begin(),
                    [](const auto& p, const auto& t) { return IsVariable(p) || p == t; });
}

// The values among the text's parts: those that are not words of the pattern, so that
// addresses/hq/locations/main and hq/main say the same.
std::vector<std::string> ValuesOf(const std::vector<std::string>& pattern,
                                  const std::vector<std::string>& text) {
  std::vector<std::string> values;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool is_word = text.size() > 1 && i + 1 < text.size() &&
                         std::find(pattern.begin(), pattern.end(), text[i]) != pattern.end();
    if (!is_word) values.push_back(text[i]);
  }
  return values;
}

}  // namespace

tl::expected<std::string, std::string> WholeName(const std::string& pattern,
                                                 const std::string& text, const std::string& org) {
  std::vector<std::string> segments = absl::StrSplit(pattern, '/');
  const std::vector<std::string> parts = absl::StrSplit(text, '/', absl::SkipEmpty());
  if (IsWhole(segments, parts)) return text;
  std::vector<std::string> values = ValuesOf(segments, parts);
  for (auto segment = segments.rbegin(); segment != segments.rend(); ++segment) {
    if (!IsVariable(*segment)) continue;
    if (!values.empty()) {
      std::string& value = values.back();
      *segment = value.front() == '+' ? value.substr(1) : value;
      values.pop_back();
    } else if (*segment == "{organization}") {
      if (org.empty())
        return tl::unexpected<std::string>("needs an organization: --org or DIALTONE_ORG");
      *segment = org;
    } else {
      return tl::unexpected("must be named " + pattern + ": " + text);
    }
  }
  if (!values.empty()) return tl::unexpected("must be named " + pattern + ": " + text);
  return absl::StrJoin(segments, "/");
}

std::string PatternOf(const google::protobuf::FieldDescriptor& field) {
  const auto& rule = field.options().GetExtension(type::v1::rule);
  return rule.format() == type::v1::FORMAT_RESOURCE_NAME ? rule.pattern() : "";
}

std::string ShortName(const std::string& name) {
  if (!absl::StartsWith(name, "organizations/")) return name;
  const auto end = name.find('/', sizeof("organizations/") - 1);
  return end == std::string::npos ? name : name.substr(end + 1);
}

}  // namespace dialtone::clients::cli
