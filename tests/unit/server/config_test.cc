#include "controlplane/server/config.h"

#include <gmock/gmock.h>
#include <stdlib.h>

#include <fstream>

#include "tests/unit/edge/purse.h"

namespace dialtone::server {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

tl::expected<Config, NoConfig> Parsed(std::vector<const char*> arguments) {
  arguments.insert(arguments.begin(), "dialtoned");
  return ParseConfig(static_cast<int>(arguments.size()), arguments.data());
}

TEST(Config, NeedsNoFlag) {
  const auto config = Parsed({});
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->listen, "127.0.0.1:7400");
  EXPECT_EQ(config->http, "127.0.0.1:7401");
  EXPECT_EQ(config->clock, ClockKind::kWall);
  EXPECT_EQ(config->data, DefaultDataFolder());
  EXPECT_EQ(config->ledger, "embedded");
  EXPECT_EQ(config->partitions, 8U);
}

TEST(Config, KeepsItsDataWhereTheUserKeepsData) {
  setenv("XDG_DATA_HOME", "/srv/data", 1);
  EXPECT_EQ(DefaultDataFolder(), "/srv/data/dialtone");
  unsetenv("XDG_DATA_HOME");
  setenv("HOME", "/home/ann", 1);
  EXPECT_EQ(DefaultDataFolder(), "/home/ann/.local/share/dialtone");
}

TEST(Config, TakesFlagsBeforeTheFile) {
  const purse::Folder folder;
  const std::string file = (folder.path() / "dialtone.toml").string();
  std::ofstream(file) << "listen = \"0.0.0.0:1\"\nclock = \"simulated\"\npartitions = 4\n";
  const auto config = Parsed({"--config", file.c_str(), "--listen", "127.0.0.1:2"});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->listen, "127.0.0.1:2");
  EXPECT_EQ(config->clock, ClockKind::kSimulated);
  EXPECT_EQ(config->partitions, 4U);
}

TEST(Config, RefusesWhatItDoesNotKnowWithItsName) {
  const purse::Folder folder;
  const std::string file = (folder.path() / "dialtone.toml").string();
  std::ofstream(file) << "lissen = \"0.0.0.0:1\"\n";
  EXPECT_THAT(Parsed({"--config", file.c_str()}).error().text, HasSubstr("lissen"));
  EXPECT_EQ(Parsed({"--clock", "sundial"}).error().exit_code, 2);
  EXPECT_THAT(Parsed({"--ledger", "papyrus"}).error().text, HasSubstr("papyrus"));
  EXPECT_EQ(Parsed({"--ledger", "kafka://a"}).error().exit_code, 2);
  EXPECT_EQ(Parsed({"--events", "some"}).error().exit_code, 2);
  EXPECT_EQ(Parsed({"--help"}).error().exit_code, 0);
}

TEST(Config, FindsALedgerOnKafka) {
  const auto config = Parsed({"--ledger", "kafka://a:1,b:2"});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->partitions, 64U);
  EXPECT_EQ(config->kafka, engine::KafkaBrokers::kReplicated);
  EXPECT_EQ(ParseKafka(config->ledger)->brokers, "a:1,b:2");
  EXPECT_EQ(ParseKafka(config->ledger)->topic, "");
  EXPECT_EQ(ParseKafka("kafka://a:1/other")->topic, "other");
  EXPECT_FALSE(ParseKafka("embedded"));
}

TEST(Config, TakesOtherBrokersAndPartitionsWhenTold) {
  const auto config =
      Parsed({"--ledger", "kafka://a:1", "--kafka", "development", "--partitions", "4"});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->kafka, engine::KafkaBrokers::kDevelopment);
  EXPECT_EQ(config->partitions, 4U);
}

TEST(Config, TakesSettingsOfLibrdkafkaFromFlags) {
  const auto config = Parsed({"--ledger", "kafka://a:1", "--kafka-setting", "sasl.password=a=b",
                              "--kafka-setting=security.protocol=sasl_ssl"});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_THAT(config->kafka_settings,
              ElementsAre(Pair("sasl.password", "a=b"), Pair("security.protocol", "sasl_ssl")));
}

TEST(Config, TakesSettingsOfLibrdkafkaFromTheFile) {
  const purse::Folder folder;
  const std::string file = (folder.path() / "dialtone.toml").string();
  std::ofstream(file) << "kafka_setting = [\"sasl.password=a=b\", \"sasl.username=ann\"]\n";
  const auto config = Parsed({"--config", file.c_str()});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_THAT(config->kafka_settings,
              ElementsAre(Pair("sasl.password", "a=b"), Pair("sasl.username", "ann")));
}

TEST(Config, RepeatsNoSettingThatMayBeASecret) {
  for (const char* const wrong : {"hunter2", "=hunter2"}) {
    const auto config = Parsed({"--kafka-setting", wrong});
    ASSERT_FALSE(config.has_value());
    EXPECT_EQ(config.error().exit_code, 2);
    EXPECT_THAT(config.error().text, AllOf(HasSubstr("NAME=VALUE"), Not(HasSubstr("hunter2"))));
  }
}

TEST(Config, GivesANodeThatIsSilentTenSecondsUnlessToldOtherwise) {
  EXPECT_EQ(Parsed({})->kafka_session_timeout, Duration::Seconds(10));
  EXPECT_EQ(Parsed({"--kafka-session-timeout", "0.5"})->kafka_session_timeout,
            Duration::Millis(500));
  EXPECT_EQ(Parsed({"--kafka-session-timeout", "0"}).error().exit_code, 2);
  const purse::Folder folder;
  const std::string file = (folder.path() / "dialtone.toml").string();
  std::ofstream(file) << "kafka_session_timeout = 6.5\nlog_level = \"warn\"\n"
                         "advertise = \"10.0.0.1:7400\"\n";
  const auto config = Parsed({"--config", file.c_str()});
  ASSERT_TRUE(config.has_value()) << config.error().text;
  EXPECT_EQ(config->kafka_session_timeout, Duration::Millis(6'500));
  EXPECT_EQ(config->log_level, "warn");
  EXPECT_EQ(config->advertise, "10.0.0.1:7400");
}

}  // namespace
}  // namespace dialtone::server
