#include "clients/simulators/simulator.h"

#include <pthread.h>

#include <atomic>
#include <csignal>
#include <iostream>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>

#include "clients/cli/profile.h"
#include "clients/simulators/rules.h"

namespace dialtone::clients::simulators {

namespace {

constexpr int kUsage = 2;
constexpr std::chrono::seconds kTimeout{5};  // of a call; the agenda asks again
constexpr std::string_view kFlags =
    "\n"
    "  --server HOST:PORT    of several nodes ADDRESS:PORT,…, by their IPv4 addresses\n"
    "  --profile NAME        the profile of the command line tool, instead of `default`\n"
    "  --actor NAME          who it says it is, instead of services/PROGRAM\n"
    "  --rule KEY=SCRIPT     what answers this key; * is every other one; once for each\n"
    "  --script FILE         a rule a line\n";

struct Flags {
  std::map<std::string, std::string> values;  // by name, with the dashes
  std::vector<std::string> rules;
};

// The error is a sentence.
tl::expected<Flags, std::string> Parse(const std::vector<std::string>& words) {
  Flags flags{{{"--server", ""}, {"--profile", ""}, {"--actor", ""}, {"--script", ""}}, {}};
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto equals = words[i].find('=');
    const std::string name = words[i].substr(0, equals);
    if (name != "--rule" && !flags.values.contains(name))
      return tl::unexpected("there is no flag " + name);
    const bool is_joined = equals != std::string::npos;
    if (!is_joined && i + 1 == words.size()) return tl::unexpected(name + " needs a value");
    const std::string value = is_joined ? words[i].substr(equals + 1) : words[++i];
    if (name == "--rule") {
      flags.rules.push_back(value);
    } else {
      flags.values[name] = value;
    }
  }
  return flags;
}

// Those of the file first, so that a flag has the last word. The error is a sentence.
tl::expected<void, std::string> AddRules(Simulator& simulator, const Flags& flags) {
  std::vector<std::string> rules;
  if (const std::string& file = flags.values.at("--script"); !file.empty()) {
    auto read = ReadRules(file);
    if (!read) return tl::unexpected(std::move(read.error()));
    rules = std::move(*read);
  }
  rules.insert(rules.end(), flags.rules.begin(), flags.rules.end());
  for (const std::string& rule : rules) {
    if (auto added = simulator.AddRule(rule); !added) return added;
  }
  return {};
}

Settings SettingsOf(const Flags& flags, const Simulator& simulator) {
  const auto or_else = [&](const char* flag, const std::string& otherwise) {
    const std::string& given = flags.values.at(flag);
    return given.empty() ? otherwise : given;
  };
  const auto named = cli::EnvironmentOverProfile("")("DIALTONE_PROFILE").value_or("default");
  const cli::Lookup profile = cli::EnvironmentOverProfile(or_else("--profile", named));
  Settings settings;
  settings.server = or_else("--server", profile("DIALTONE_SERVER").value_or(settings.server));
  settings.actor = or_else("--actor", "services/" + std::string(simulator.program()));
  settings.timeout = kTimeout;
  settings.attempts_max = 1;
  return settings;
}

// Threads that are made from now on leave these to whoever waits for them.
sigset_t BlockEndings() {
  sigset_t endings;
  sigemptyset(&endings);
  sigaddset(&endings, SIGTERM);
  sigaddset(&endings, SIGINT);
  pthread_sigmask(SIG_BLOCK, &endings, nullptr);
  return endings;
}

void PlayUntilEnded(Simulator& simulator, const Settings& settings) {
  const sigset_t endings = BlockEndings();
  std::mutex telling;
  const Tell tell = [&](const std::string& line) {
    const std::lock_guard lock(telling);
    std::cerr << simulator.program() << ": " << line << std::endl;
  };
  Freshness freshness;
  Client client(settings, freshness);
  const ServerClock clock(client);
  Agenda agenda(client, clock, tell);
  const std::vector<Watch> watches = simulator.Watches(client, clock, agenda);
  std::atomic<std::size_t> left = watches.size();
  const auto on_begun = [&] {
    if (--left > 0) return;
    std::cout << nlohmann::json{{"watching", settings.server}}.dump() << std::endl;
  };
  std::vector<std::jthread> followers;
  for (const Watch& watch : watches) {
    followers.emplace_back(
        [&](const std::stop_token& stop) { Follow(watch, client, clock, tell, on_begun, stop); });
  }
  int signal = 0;
  sigwait(&endings, &signal);
}

}  // namespace

int Play(Simulator& simulator, const std::vector<std::string>& words) {
  if (words.size() == 1 && (words[0] == "--help" || words[0] == "-h")) {
    std::cout << simulator.help() << kFlags;
    return 0;
  }
  const auto flags = Parse(words);
  auto ready = flags ? AddRules(simulator, *flags)
                     : tl::expected<void, std::string>(tl::unexpected(flags.error()));
  if (!ready) {
    std::cerr << simulator.program() << ": " << ready.error() << "\ntry: " << simulator.program()
              << " --help\n";
    return kUsage;
  }
  PlayUntilEnded(simulator, SettingsOf(*flags, simulator));
  return 0;
}

}  // namespace dialtone::clients::simulators
