#include "clients/cli/arguments.h"

#include <absl/strings/numbers.h>
#include <absl/strings/str_join.h>
#include <absl/time/time.h>

#include <map>
#include <utility>

namespace dialtone::clients::cli {

namespace {

using Taken = tl::expected<void, std::string>;
using Taker = std::function<Taken(Arguments&, const std::string&)>;

template <class Field>
Taker Into(Field field) {
  return [field](Arguments& arguments, const std::string& value) -> Taken {
    arguments.*field = value;
    return {};
  };
}

Taken TakeFormat(Arguments& arguments, const std::string& value) {
  const auto format = ParseFormat(value);
  if (!format) {
    return tl::unexpected("-o is one of table, wide, json, jsonl, yaml, csv, name, not " + value);
  }
  arguments.format = *format;
  return {};
}

Taker IntoSpan(std::chrono::milliseconds Arguments::*field, const char* name) {
  return [field, name](Arguments& arguments, const std::string& value) -> Taken {
    absl::Duration span;
    if (!absl::ParseDuration(value, &span) || span < absl::ZeroDuration())
      return tl::unexpected(std::string(name) + " is a span such as 500ms or 30s, not " + value);
    arguments.*field = absl::ToChronoMilliseconds(span);
    return {};
  };
}

Taken TakeUntil(Arguments& arguments, const std::string& value) {
  arguments.until.push_back(value);
  return {};
}

Taken TakeLimit(Arguments& arguments, const std::string& value) {
  if (absl::SimpleAtoi(value, &arguments.limit)) return {};
  return tl::unexpected("--limit is a number, not " + value);
}

// Those that take a value.
const std::map<std::string, Taker>& Valued() {
  static const auto& flags = *new std::map<std::string, Taker>{
      {"-o", TakeFormat},
      {"--output", TakeFormat},
      {"--server", Into(&Arguments::server)},
      {"--org", Into(&Arguments::org)},
      {"--actor", Into(&Arguments::actor)},
      {"--profile", Into(&Arguments::profile)},
      {"--request-id", Into(&Arguments::request_id)},
      {"--file", Into(&Arguments::file)},
      {"--timeout", IntoSpan(&Arguments::timeout, "--timeout")},
      {"--every", IntoSpan(&Arguments::every, "--every")},
      {"--for", TakeUntil},
      {"--limit", TakeLimit},
  };
  return flags;
}

bool TakeSwitch(const std::string& word, Arguments& arguments) {
  if (word == "--dry-run") {
    arguments.dry_run = DryRun::kYes;
  } else if (word == "--yes" || word == "-y") {
    arguments.confirmed = Confirmed::kYes;
  } else if (word == "--watch" || word == "-w") {
    arguments.watching = Watching::kYes;
  } else if (word == "--help" || word == "-h") {
    arguments.help = Help::kYes;
  } else {
    return false;
  }
  return true;
}

Taken TakeWords(const std::vector<std::string>& words, Arguments& arguments) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    const auto equals = word.find('=');
    const std::string name = word.rfind("--", 0) == 0 ? word.substr(0, equals) : word;
    const auto valued = Valued().find(name);
    const std::size_t first = i;
    if (valued != Valued().end()) {
      const bool is_joined = name.size() < word.size();
      if (!is_joined && i + 1 == words.size()) return tl::unexpected(name + " needs a value");
      const std::string value = is_joined ? word.substr(equals + 1) : words[++i];
      if (auto taken = valued->second(arguments, value); !taken) return taken;
    } else if (!TakeSwitch(word, arguments)) {
      arguments.rest.push_back(word);
    }
    if (name == "--request-id") continue;
    for (std::size_t j = first; j <= i; ++j) arguments.given.push_back(words[j]);
  }
  return {};
}

}  // namespace

tl::expected<Arguments, std::string> ParseArguments(const std::vector<std::string>& words,
                                                    const Lookup& environment) {
  Arguments arguments;
  arguments.server = environment("DIALTONE_SERVER").value_or("127.0.0.1:7400");
  arguments.org = environment("DIALTONE_ORG").value_or("");
  arguments.actor = environment("DIALTONE_ACTOR").value_or("");
  arguments.profile = environment("DIALTONE_PROFILE").value_or("default");
  if (auto taken = TakeWords(words, arguments); !taken) return tl::unexpected(taken.error());
  constexpr std::string_view kPrefix = "organizations/";
  if (arguments.org.rfind(kPrefix, 0) == 0) arguments.org.erase(0, kPrefix.size());
  return arguments;
}

std::vector<std::string> SplitLine(const std::string& line) {
  std::vector<std::string> words;
  std::string word;
  char quote = '\0';
  bool is_word = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (c == '\\' && quote != '\'' && i + 1 < line.size()) {
      word += line[++i];
      is_word = true;
    } else if (quote != '\0') {
      c == quote ? void(quote = '\0') : word.push_back(c);
    } else if (c == '"' || c == '\'') {
      quote = c;
      is_word = true;
    } else if (c != ' ' && c != '\n') {
      word += c;
      is_word = true;
    } else if (is_word) {
      words.push_back(std::exchange(word, {}));
      is_word = false;
    }
  }
  if (is_word) words.push_back(std::move(word));
  return words;
}

std::string JoinLine(const std::vector<std::string>& words) {
  return absl::StrJoin(words, " ", [](std::string* out, const std::string& word) {
    if (!word.empty() && word.find_first_of(" \t\n'\"\\$&|;<>(){}*?#~`!") == std::string::npos) {
      out->append(word);
      return;
    }
    out->push_back('\'');
    for (const char c : word) c == '\'' ? void(out->append("'\\''")) : out->push_back(c);
    out->push_back('\'');
  });
}

}  // namespace dialtone::clients::cli
