#include "clients/cli/tool.h"

#include <limits>
#include <ostream>

#include "clients/cli/composites.h"
#include "clients/cli/help.h"
#include "clients/cli/profile.h"

namespace dialtone::clients::cli {

namespace {

int Usage(const std::string& what, const Console& console) {
  console.err << "dialtone: " << what << "\ntry: dialtone help\n";
  return static_cast<int>(ExitCode::kUsage);
}

int ToolHelp(const std::vector<std::string>& words, const Console& console) {
  if (words.size() >= 2) {
    if (const Composite* const composite = FindComposite(words[0], words[1])) {
      ShowHelp(*composite, console.out);
      return 0;
    }
    const Command* const command = FindCommand(words[0], words[1]);
    if (command == nullptr) return Usage("there is no " + words[0] + " " + words[1], console);
    ShowHelp(*command, console.out);
    return 0;
  }
  if (!ShowHelp(words.empty() ? "" : words[0], console.out))
    return Usage("there is no noun " + words[0], console);
  return 0;
}

// The profile that the words name: it must be known before all else.
std::string ProfileOf(const std::vector<std::string>& words) {
  const auto arguments = ParseArguments(words, EnvironmentOverProfile(""));
  return arguments ? arguments->profile : "default";
}

Settings SettingsOf(const Arguments& arguments) {
  Settings settings;
  settings.server = arguments.server;
  settings.actor = arguments.actor;
  settings.timeout = arguments.timeout;
  return settings;
}

// What is long may outlast a server: each call is tried again for as long as --timeout says.
int TalkAtLength(const Composite& composite, const Arguments& arguments, const Console& console) {
  if (arguments.help == Help::kYes) return ToolHelp({composite.noun, composite.verb}, console);
  Freshness freshness(TokenFile(arguments.profile, arguments.server));
  Settings settings = SettingsOf(arguments);
  settings.attempts_max = std::numeric_limits<int>::max();
  Client client(settings, freshness);
  return static_cast<int>(composite.run(arguments, client, console).exit_code);
}

// `wait NOUN NAME` reads like `NOUN get NAME`.
int Talk(Arguments arguments, const Console& console) {
  const bool is_wait = arguments.rest[0] == "wait";
  if (is_wait) {
    arguments.rest[0] = arguments.rest[1];
    arguments.rest[1] = "get";
  }
  const Command* const command = FindCommand(arguments.rest[0], arguments.rest[1]);
  if (command == nullptr)
    return Usage("there is no " + arguments.rest[0] + " " + arguments.rest[1], console);
  if (arguments.help == Help::kYes) return ToolHelp({command->noun, command->verb}, console);
  Freshness freshness(TokenFile(arguments.profile, arguments.server));
  Client client(SettingsOf(arguments), freshness);
  const Ran ran = is_wait ? RunWait(*command, arguments, client, console)
                          : Run(*command, arguments, client, console);
  return static_cast<int>(ran.exit_code);
}

}  // namespace

int Tool(const std::vector<std::string>& words, const Console& console) {
  if (!words.empty() && words[0] == "__complete") {
    ShowCandidates({words.begin() + 1, words.end()}, console.out);
    return 0;
  }
  const auto arguments = ParseArguments(words, EnvironmentOverProfile(ProfileOf(words)));
  if (!arguments) return Usage(arguments.error(), console);
  const auto& rest = arguments->rest;
  const std::string first = rest.empty() ? "help" : rest[0];
  if (first == "help")
    return ToolHelp({rest.begin() + (rest.empty() ? 0 : 1), rest.end()}, console);
  if (first == "errors") {
    ShowCatalogue(arguments->format, console.out);
    return 0;
  }
  if (first == "completion") {
    const std::string script = rest.size() == 2 ? CompletionScript(rest[1]) : "";
    if (script.empty()) return Usage("completion is for bash, zsh or fish", console);
    console.out << script;
    return 0;
  }
  if (rest.size() < 2) return ToolHelp({first}, console);
  if (const Composite* const composite = FindComposite(rest[0], rest[1]))
    return TalkAtLength(*composite, *arguments, console);
  return Talk(*arguments, console);
}

}  // namespace dialtone::clients::cli
