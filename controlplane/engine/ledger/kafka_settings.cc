#include "controlplane/engine/ledger/kafka_settings.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "controlplane/engine/ledger/kafka_handles.h"

namespace dialtone::engine {

namespace {

struct OwnSetting {
  std::string_view name;
  std::string_view why;
};

constexpr std::string_view kStored = "it decides whether what is stored is kept, once and in order";
constexpr std::string_view kRead = "it decides whether all that is stored is read";
constexpr std::string_view kSharing = "it decides how nodes share partitions";
constexpr std::string_view kPlace = "--ledger says it";
constexpr std::string_view kSession = "--kafka-session-timeout says it";

constexpr std::array<OwnSetting, 25> kOwn = {{{"bootstrap.servers", kPlace},
                                              {"metadata.broker.list", kPlace},
                                              {"session.timeout.ms", kSession},
                                              {"heartbeat.interval.ms", kSession},
                                              {"max.poll.interval.ms", kSession},
                                              {"client.id", kSharing},
                                              {"group.id", kSharing},
                                              {"group.instance.id", kSharing},
                                              {"group.protocol.type", kSharing},
                                              {"partition.assignment.strategy", kSharing},
                                              {"enable.idempotence", kStored},
                                              {"transactional.id", kStored},
                                              {"acks", kStored},
                                              {"request.required.acks", kStored},
                                              {"message.max.bytes", kStored},
                                              {"message.timeout.ms", kStored},
                                              {"delivery.timeout.ms", kStored},
                                              {"enable.auto.commit", kRead},
                                              {"auto.commit.enable", kRead},
                                              {"enable.auto.offset.store", kRead},
                                              {"enable.partition.eof", kRead},
                                              {"auto.offset.reset", kRead},
                                              {"isolation.level", kRead},
                                              {"check.crcs", kRead},
                                              {"allow.auto.create.topics", kRead}}};

tl::unexpected<LedgerError> RefuseSetting(const std::string& name, std::string_view why) {
  return Refuse(LedgerFault::kMisconfigured,
                "Kafka's setting " + name + " cannot be given: " + std::string(why));
}

}  // namespace

LedgerExpected<void> CheckSettings(
    const std::vector<std::pair<std::string, std::string>>& settings) {
  const KafkaConf tried(rd_kafka_conf_new());
  std::array<char, 512> why{};
  for (const auto& [name, value] : settings) {
    const std::string& wanted = name;
    const auto own = std::find_if(kOwn.begin(), kOwn.end(),
                                  [&wanted](const OwnSetting& one) { return one.name == wanted; });
    if (own != kOwn.end()) return RefuseSetting(name, own->why);
    if (rd_kafka_conf_set(tried.get(), name.c_str(), value.c_str(), why.data(), why.size()) !=
        RD_KAFKA_CONF_OK)
      return RefuseSetting(name, why.data());
  }
  return {};
}

}  // namespace dialtone::engine
