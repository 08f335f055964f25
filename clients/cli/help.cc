#include "clients/cli/help.h"

#include <absl/strings/ascii.h>
#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <algorithm>
#include <set>
#include <utility>

#include "clients/cli/fields.h"
#include "clients/cli/names.h"
#include "clients/cli/request.h"
#include "clients/cli/table.h"
#include "clients/cli/values.h"
#include "dialtone/type/v1/options.pb.h"

namespace dialtone::clients::cli {

namespace {

using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;
using Pairs = std::vector<std::pair<std::string, std::string>>;

constexpr char kIntro[] =
    "dialtone sets up phone service for organizations: licences, numbers, addresses, credits.\n\n"
    "  dialtone <noun> <verb> [arguments] [flags]\n"
    "  dialtone demo                 watch an organization being set up by a server of its own\n"
    "  dialtone help [noun [verb]]   what can be said\n"
    "  dialtone errors               every refusal, and what to do about it\n"
    "  dialtone wait NOUN NAME --for FIELD=VALUE [--timeout 5m]\n"
    "  dialtone completion SHELL     a script for bash, zsh or fish: source <(dialtone completion "
    "bash)\n\n";

constexpr char kGlobals[] =
    "\nflags of every command\n"
    "  -o, --output FORMAT   table, wide, json, jsonl, yaml, csv or name\n"
    "  --server HOST:PORT    DIALTONE_SERVER, else 127.0.0.1:7400\n"
    "  --org ID              DIALTONE_ORG: whose things short names are of\n"
    "  --actor NAME          DIALTONE_ACTOR: users/ID or services/ID\n"
    "  --profile NAME        DIALTONE_PROFILE: settings, and what has been seen so far\n"
    "  --file FILE           the request as JSON; flags are laid over it\n"
    "  --dry-run             try it: the rules and what they saw; nothing is changed\n"
    "  --yes, -y             take away without being asked\n"
    "  --request-id UUID     repeat a request that may have been done: it counts once\n"
    "  --timeout SPAN        30s; all attempts together\n"
    "  --watch, -w           of what only reads: show it again whenever it has changed\n"
    "  --every SPAN          1s; between two looks of --watch and wait\n"
    "  --limit N             end a watch after N\n"
    "\nexit codes\n"
    "  0 done  1 other  2 usage  3 not found  4 refused by a rule  5 permission\n"
    "  6 unavailable or too late  7 integrity  130 interrupted\n";

std::string Choices(const EnumDescriptor& type) {
  std::vector<std::string> names;
  for (int i = 1; i < type.value_count(); ++i) names.push_back(EnumText(*type.value(i)));
  return absl::StrJoin(names, "|");
}

std::string KindOf(const FieldDescriptor& field) {
  if (field.enum_type() != nullptr) return Choices(*field.enum_type());
  if (field.message_type() != nullptr) {
    const std::string& name = field.message_type()->name();
    if (name == "Money") return "AMOUNT, as 50.00 USD";
    if (name == "Duration") return "SPAN, as 90s, 2h, 31d";
    if (name == "Timestamp") return "TIME, as 2018-10-02T10:00:00Z";
    return field.is_repeated() ? "JSON, @FILE.json or @FILE.csv" : "";
  }
  const std::string pattern = PatternOf(field);
  const std::string list = field.is_repeated() ? " (several with commas)" : "";
  return (pattern.empty() ? "" : pattern) + list;
}

std::string VerbHelp(const Command& command) {
  return command.help.empty() ? command.method->name() : command.help;
}

// Flags that people may set: not what every command has anyway.
bool IsOwnFlag(const LeafField& leaf) {
  static const std::set<std::string> kShared = {"request_id", "validate_only", "page_token"};
  return !kShared.contains(leaf.text()) && leaf.path.back()->name() != "create_time";
}

std::string HeadOf(const Composite& one) { return one.noun + " " + one.verb + " " + one.usage; }

std::string ShortestText(const google::protobuf::Descriptor& type, const LeafField& leaf) {
  const auto found = FindLeaf(type, leaf.path.back()->name());
  return found && found->text() == leaf.text() ? leaf.path.back()->name() : leaf.text();
}

}  // namespace

std::string UsageOf(const Command& command) {
  std::string usage = command.noun + " " + command.verb;
  for (const FieldDescriptor* const field : PositionalsOf(command))
    usage += " " + absl::AsciiStrToUpper(FlagNameOf(field->name()));
  return usage;
}

bool ShowHelp(std::string_view noun, std::ostream& out) {
  Pairs pairs;
  for (const Command& command : AllCommands()) {
    if (noun.empty() || command.noun == noun)
      pairs.emplace_back(UsageOf(command), VerbHelp(command));
  }
  for (const Composite& one : AllComposites()) {
    if (noun.empty() || one.noun == noun) pairs.emplace_back(HeadOf(one), one.help);
  }
  if (pairs.empty()) return false;
  std::sort(pairs.begin(), pairs.end());
  if (noun.empty()) out << kIntro;
  out << PairsText(pairs, "  ");
  if (noun.empty()) out << kGlobals;
  return true;
}

void ShowHelp(const Command& command, std::ostream& out) {
  const auto& type = *command.method->input_type();
  out << "dialtone " << UsageOf(command) << " [flags]\n  " << VerbHelp(command) << "  ("
      << command.method->full_name() << ")\n\n";
  Pairs pairs;
  for (const LeafField& leaf : LeavesOf(type)) {
    if (!IsOwnFlag(leaf)) continue;
    std::string kind = KindOf(*leaf.path.back());
    const bool is_due = leaf.path.back()->options().GetExtension(type::v1::rule).required();
    if (kind.empty()) kind = absl::AsciiStrToUpper(leaf.path.back()->cpp_type_name());
    pairs.emplace_back("--" + FlagNameOf(ShortestText(type, leaf)),
                       kind + (is_due ? "  (due)" : ""));
  }
  out << PairsText(pairs, "  ") << kGlobals;
}

void ShowHelp(const Composite& composite, std::ostream& out) {
  out << "dialtone " << HeadOf(composite) << " [flags]\n  " << composite.help << "\n\n"
      << composite.more << kGlobals;
}

std::string CompletionScript(std::string_view shell) {
  if (shell == "bash") {
    return R"sh(_dialtone() {
  local IFS=$'\n'
  local candidates="$(dialtone __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}")"
  COMPREPLY=($(compgen -W "$candidates" -- "${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _dialtone dialtone
)sh";
  }
  if (shell == "zsh") {
    return R"sh(#compdef dialtone
_dialtone() {
  local -a candidates
  candidates=("${(@f)$(dialtone __complete "${(@)words[2,CURRENT-1]}")}")
  compadd -a candidates || _files
}
compdef _dialtone dialtone
)sh";
  }
  if (shell == "fish") {
    return R"sh(function __dialtone_candidates
    set -l words (commandline -opc)
    dialtone __complete $words[2..-1]
end
complete -c dialtone -a '(__dialtone_candidates)'
)sh";
  }
  return "";
}

void ShowCandidates(const std::vector<std::string>& words, std::ostream& out) {
  std::set<std::string> candidates;
  if (words.size() == 1 && words[0] == "completion") candidates = {"bash", "fish", "zsh"};
  if (words.empty()) candidates = {"completion", "demo", "errors", "help", "wait"};
  for (const Command& command : AllCommands()) {
    if (words.empty()) candidates.insert(command.noun);
    if (words.size() == 1 && command.noun == words[0]) candidates.insert(command.verb);
  }
  for (const Composite& one : AllComposites()) {
    if (words.size() == 1 && one.noun == words[0]) candidates.insert(one.verb);
    if (words.size() >= 2 && one.noun == words[0] && one.verb == words[1])
      candidates.insert(one.flags.begin(), one.flags.end());
  }
  const Command* const command = words.size() < 2 ? nullptr : FindCommand(words[0], words[1]);
  if (command != nullptr) {
    const auto& type = *command->method->input_type();
    const auto positionals = PositionalsOf(*command);
    const FieldDescriptor* asked = nullptr;
    if (words.back().rfind("--", 0) == 0) {
      const auto leaf = FindLeaf(type, FieldNameOf(words.back().substr(2)));
      asked = leaf ? leaf->path.back() : nullptr;
    } else if (words.size() - 2 < positionals.size()) {
      asked = positionals[words.size() - 2];
    }
    if (asked != nullptr && asked->enum_type() != nullptr) {
      for (int i = 1; i < asked->enum_type()->value_count(); ++i)
        candidates.insert(EnumText(*asked->enum_type()->value(i)));
    } else {
      for (const LeafField& leaf : LeavesOf(type)) {
        if (IsOwnFlag(leaf)) candidates.insert("--" + FlagNameOf(ShortestText(type, leaf)));
      }
    }
  }
  for (const std::string& candidate : candidates) out << candidate << '\n';
}

}  // namespace dialtone::clients::cli
