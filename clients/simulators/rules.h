// Which script answers whom: by a key that whoever asks chooses, such as an account number, so that
// a test or a person asks for the case that they want to see.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace dialtone::clients::simulators {

// KEY=SCRIPT, apart. The error is a sentence.
struct Rule {
  std::string key;
  std::string script;
};
tl::expected<Rule, std::string> ParseRule(const std::string& text);

// A rule a line; empty lines and those that begin with # do not count. The error is a sentence.
tl::expected<std::vector<std::string>, std::string> ReadRules(const std::filesystem::path& file);

// As keys are compared: without blanks and dashes, in lower case.
std::string KeyOf(std::string_view text);

template <class Script>
class Rules {
 public:
  // The error is a sentence.
  using Parse = tl::expected<Script, std::string> (*)(std::string_view text);

  explicit Rules(Parse parse) : parse_(parse) {}

  // KEY=SCRIPT, in the place of what was said of the key before; `*` stands for all other keys.
  tl::expected<void, std::string> Add(const std::string& text) {
    auto rule = ParseRule(text);
    if (!rule) return tl::unexpected(std::move(rule.error()));
    auto script = parse_(rule->script);
    if (!script) return tl::unexpected(std::move(script.error()));
    scripts_[rule->key] = *script;
    return {};
  }
  // Of a key without a rule: the one of `*`, or what a script is by default.
  Script Of(std::string_view key) const {
    auto found = scripts_.find(KeyOf(key));
    if (found == scripts_.end()) found = scripts_.find(kAllOthers);
    return found == scripts_.end() ? Script() : found->second;
  }

 private:
  static constexpr char kAllOthers[] = "*";

  const Parse parse_;
  std::map<std::string, Script> scripts_;
};

}  // namespace dialtone::clients::simulators
