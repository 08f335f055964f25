// Which settings of librdkafka's an operator may give: no broker is asked.
#include "controlplane/engine/ledger/kafka_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "controlplane/engine/ledger/kafka_client.h"
#include "tests/support/mock_kafka.h"

namespace dialtone::engine {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

std::string Refusal(const std::string& name, const std::string& value) {
  const auto checked = CheckSettings({{"socket.keepalive.enable", "true"}, {name, value}});
  return checked ? "" : ToText(checked.error());
}

TEST(CheckSettings, PassesThoseOfTlsAndSasl) {
  const auto checked = CheckSettings({{"security.protocol", "sasl_ssl"},
                                      {"ssl.ca.location", "/etc/ssl/certs"},
                                      {"sasl.mechanism", "SCRAM-SHA-512"},
                                      {"sasl.username", "dialtone"},
                                      {"sasl.password", "a=b"}});
  EXPECT_TRUE(checked) << ToText(checked.error());
}

TEST(CheckSettings, RefusesWhatLibrdkafkaDoesNotKnowWithoutTheValue) {
  EXPECT_THAT(Refusal("sasl.pasword", "hunter2"),
              AllOf(HasSubstr("Kafka's setting sasl.pasword cannot be given: No such "
                              "configuration property"),
                    Not(HasSubstr("hunter2"))));
}

TEST(CheckSettings, RefusesAValueThatLibrdkafkaDoesNotTake) {
  EXPECT_THAT(Refusal("security.protocol", "pigeon"), HasSubstr("Invalid value \"pigeon\""));
}

TEST(CheckSettings, RefusesWhatTheLedgerRestsOnAndSaysWhy) {
  EXPECT_THAT(Refusal("acks", "1"), HasSubstr("acks cannot be given: it decides whether what is "
                                              "stored is kept"));
  EXPECT_THAT(Refusal("session.timeout.ms", "1"), HasSubstr("--kafka-session-timeout says it"));
  for (const char* const name :
       {"bootstrap.servers", "enable.idempotence", "message.timeout.ms", "auto.offset.reset",
        "isolation.level", "check.crcs", "group.id", "partition.assignment.strategy"})
    EXPECT_THAT(Refusal(name, "1"), HasSubstr("cannot be given")) << name;
}

// A client that does not speak TLS to brokers that do not either would reach them.
TEST(CheckSettings, IsForWhatGoesToTheClients) {
  const MockKafka kafka(1);
  KafkaOptions options = kafka.options();
  EXPECT_TRUE(AskMetadata(*OpenKafka(options, KafkaRole::kHistory), Duration::Seconds(10)));
  options.settings.emplace_back("security.protocol", "ssl");
  for (const KafkaRole role : {KafkaRole::kAppend, KafkaRole::kFollow, KafkaRole::kHistory})
    EXPECT_FALSE(AskMetadata(*OpenKafka(options, role), Duration::Seconds(1)));
}

}  // namespace
}  // namespace dialtone::engine
