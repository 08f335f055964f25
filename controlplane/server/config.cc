#include "controlplane/server/config.h"

#include <toml++/toml.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <cstdlib>
#include <map>
#include <sstream>
#include <string_view>

namespace dialtone::server {

namespace {

constexpr int kUsage = 2;
constexpr std::uint32_t kKafkaPartitions = 64;
constexpr std::string_view kKafkaScheme = "kafka://";
constexpr std::array<std::string_view, 14> kFileKeys = {"listen",
                                                        "http",
                                                        "advertise",
                                                        "data",
                                                        "ledger",
                                                        "kafka",
                                                        "kafka_session_timeout",
                                                        "kafka_setting",
                                                        "events",
                                                        "clock",
                                                        "policy",
                                                        "reflection",
                                                        "log_level",
                                                        "partitions"};

using engine::KafkaBrokers;
using Texts = std::map<std::string, std::vector<std::string>>;

std::string TextOf(const toml::node& node) {
  if (const auto text = node.value<std::string>()) return *text;
  if (const auto flag = node.value_exact<bool>()) return *flag ? "on" : "off";
  if (const auto number = node.value<std::int64_t>()) return std::to_string(*number);
  if (const auto number = node.value<double>()) return std::to_string(*number);
  return "";
}

std::vector<std::string> TextsOf(const toml::node& node) {
  const toml::array* const list = node.as_array();
  if (list == nullptr) return {TextOf(node)};
  std::vector<std::string> texts;
  for (const toml::node& one : *list) texts.push_back(TextOf(one));
  return texts;
}

// The file's keys are the flags' names, `-` written `_`.
tl::expected<Texts, std::string> ReadFile(const std::string& path) {
  try {  // toml++ reports by exception
    Texts texts;
    for (const auto& [key, node] : toml::parse_file(path)) {
      const std::string_view name = key.str();
      if (std::find(kFileKeys.begin(), kFileKeys.end(), name) == kFileKeys.end())
        return tl::unexpected<std::string>(path +
                                           " has a key that no flag has: " + std::string(name));
      texts[std::string(name)] = TextsOf(node);
    }
    return texts;
  } catch (const toml::parse_error& error) {
    std::ostringstream text;
    text << path << ": " << error.description() << " at " << error.source().begin;
    return tl::unexpected<std::string>(text.str());
  }
}

struct Raw {
  std::string data;
  std::string policy;
  std::string clock = "wall";
  std::string kafka = "replicated";
  double kafka_session_seconds = 10;
  std::vector<std::string> kafka_settings;
  std::string events = "on";
  std::optional<std::uint32_t> partitions;
  std::string reflection = "on";
  std::string config;
  bool print_refusals = false;
};

void AddFlags(CLI::App& app, Config& config, Raw& raw) {
  app.add_option("--listen", config.listen, "HOST:PORT for gRPC; port 0 is any free one")
      ->capture_default_str();
  app.add_option("--http", config.http, "HOST:PORT for /metrics, /healthz, /readyz")
      ->capture_default_str();
  app.add_option("--advertise", config.advertise,
                 "HOST:PORT where other nodes of a ledger on Kafka reach this one, if it is not "
                 "where it listens");
  app.add_option("--data", raw.data, "folder of the ledger, the rows, the views and the keys");
  app.add_option("--ledger", config.ledger,
                 "where events are kept: embedded, or kafka://HOST:PORT,…[/TOPIC]")
      ->capture_default_str();
  app.add_option("--kafka", raw.kafka,
                 "what the brokers are: replicated, or development, where one is enough")
      ->check(CLI::IsMember({"replicated", "development"}))
      ->capture_default_str();
  app.add_option("--kafka-session-timeout,--kafka_session_timeout", raw.kafka_session_seconds,
                 "seconds after which a node that Kafka does not hear of has lost its partitions "
                 "to the others; brokers take no less than their group.min.session.timeout.ms, 6 s")
      ->check(CLI::Range(0.1, 300.0))
      ->capture_default_str();
  app.add_option("--kafka-setting,--kafka_setting", raw.kafka_settings,
                 "NAME=VALUE, a setting of librdkafka's, such as security.protocol=ssl; once for "
                 "each. Secrets belong into the file of --config: kafka_setting = [\"NAME=VALUE\"]")
      ->allow_extra_args(false);
  app.add_option("--events", raw.events,
                 "events for others in a topic beside the ledger's, on Kafka: on or off")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--clock", raw.clock,
                 "wall, or simulated: moved by AdminService.AdvanceClock, on each node of a ledger")
      ->check(CLI::IsMember({"wall", "simulated"}))
      ->capture_default_str();
  app.add_option("--policy", raw.policy, "file or folder that replaces parts of the policy");
  app.add_option("--reflection", raw.reflection, "gRPC reflection: on or off")
      ->check(CLI::IsMember({"on", "off"}))
      ->capture_default_str();
  app.add_option("--log-level,--log_level", config.log_level, "debug, info, warn or error")
      ->check(CLI::IsMember({"debug", "info", "warn", "error"}))
      ->capture_default_str();
  app.add_option("--partitions", raw.partitions,
                 "of a ledger that is made new: 8, or 64 on Kafka; of its topic, if that is there")
      ->check(CLI::Range(1, 256));
  app.add_option("--config", raw.config, "file of these flags, as TOML; flags go before it");
  app.add_flag("--print-refusals", raw.print_refusals, "print every refusal as Markdown, and end");
}

// The file's texts as arguments in front of the real ones, which win.
tl::expected<std::vector<std::string>, std::string> Arguments(CLI::App& app, const Raw& raw) {
  std::vector<std::string> arguments;
  if (raw.config.empty()) return arguments;
  auto texts = ReadFile(raw.config);
  if (!texts) return tl::unexpected(texts.error());
  for (const auto& [name, values] : *texts) {
    std::string flag = "--" + name;
    std::replace(flag.begin(), flag.end(), '_', '-');
    if (app.count(flag) != 0) continue;
    for (const std::string& value : values) arguments.push_back(flag + "=" + value);
  }
  return arguments;
}

NoConfig FromCli(const CLI::App& app, const CLI::ParseError& error) {
  std::ostringstream out;
  std::ostringstream err;
  const int code = app.exit(error, out, err);
  return {code == 0 ? 0 : kUsage, out.str() + err.str()};
}

// A text that is none is not repeated: it may be a secret.
tl::expected<void, NoConfig> TakeSettings(const Raw& raw, Config& config) {
  for (const std::string& text : raw.kafka_settings) {
    const auto equals = text.find('=');
    if (equals == text.npos || equals == 0)
      return tl::unexpected(NoConfig{kUsage, "--kafka-setting: one is not NAME=VALUE\n"});
    config.kafka_settings.emplace_back(text.substr(0, equals), text.substr(equals + 1));
  }
  return {};
}

Config Made(Config config, const Raw& raw) {
  config.data = raw.data.empty() ? DefaultDataFolder() : std::filesystem::path(raw.data);
  config.policy = raw.policy;
  config.clock = raw.clock == "simulated" ? ClockKind::kSimulated : ClockKind::kWall;
  config.reflection = raw.reflection == "on" ? Reflection::kOn : Reflection::kOff;
  config.kafka =
      raw.kafka == "development" ? KafkaBrokers::kDevelopment : KafkaBrokers::kReplicated;
  config.kafka_session_timeout =
      Duration::Millis(static_cast<std::int64_t>(raw.kafka_session_seconds * 1e3));
  config.events = raw.events == "on" ? PublicFeed::kOn : PublicFeed::kOff;
  if (ParseKafka(config.ledger)) config.partitions = kKafkaPartitions;
  if (raw.partitions) config.partitions = *raw.partitions;
  config.task = raw.print_refusals ? Task::kPrintRefusals : Task::kServe;
  return config;
}

}  // namespace

std::optional<KafkaPlace> ParseKafka(std::string_view ledger) {
  if (ledger.substr(0, kKafkaScheme.size()) != kKafkaScheme) return std::nullopt;
  const std::string_view place = ledger.substr(kKafkaScheme.size());
  const auto slash = place.find('/');
  const std::string_view brokers = place.substr(0, slash);
  const std::string_view topic = slash == place.npos ? std::string_view() : place.substr(slash + 1);
  if (brokers.find(':') == brokers.npos || topic.find('/') != topic.npos) return std::nullopt;
  return KafkaPlace{std::string(brokers), std::string(topic)};
}

std::filesystem::path DefaultDataFolder() {
  if (const char* const xdg = std::getenv("XDG_DATA_HOME"); xdg != nullptr && *xdg == '/')
    return std::filesystem::path(xdg) / "dialtone";
  const char* const home = std::getenv("HOME");
  return std::filesystem::path(home == nullptr ? "." : home) / ".local/share/dialtone";
}

tl::expected<Config, NoConfig> ParseConfig(int argc, const char* const* argv) {
  Config config;
  Raw raw;
  CLI::App app("dialtoned: the control plane of a cloud phone system");
  AddFlags(app, config, raw);
  try {  // CLI11 reports by exception
    app.parse(argc, argv);
    auto more = Arguments(app, raw);
    if (!more) return tl::unexpected(NoConfig{kUsage, more.error() + "\n"});
    if (!more->empty()) {
      more->insert(more->end(), argv + 1, argv + argc);
      std::reverse(more->begin(), more->end());  // as CLI11 wants them
      app.parse(*more);
    }
  } catch (const CLI::ParseError& error) {
    return tl::unexpected(FromCli(app, error));
  }
  if (config.ledger != "embedded" && !ParseKafka(config.ledger)) {
    return tl::unexpected(NoConfig{
        kUsage,
        "--ledger " + config.ledger + ": neither embedded nor kafka://HOST:PORT,…[/TOPIC]\n"});
  }
  if (auto taken = TakeSettings(raw, config); !taken) return tl::unexpected(taken.error());
  return Made(std::move(config), raw);
}

}  // namespace dialtone::server
