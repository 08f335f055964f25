// The key stores of this binary: on one broker, and on three.
#include "tests/conformance/key_store_under_test.h"
#include "tests/kafka/brokers.h"

namespace dialtone::vault {

namespace {

class OnBrokers final : public KeyTopic {
 public:
  explicit OnBrokers(const engine::Brokers& brokers)
      : options_(KeyOptionsOf(brokers.NewTopic(4))) {}
  KafkaKeyOptions options() const override { return options_; }

 private:
  const KafkaKeyOptions options_;
};

std::unique_ptr<KeyTopic> OnOne() { return std::make_unique<OnBrokers>(engine::Brokers::One()); }
std::unique_ptr<KeyTopic> OnThree() {
  return std::make_unique<OnBrokers>(engine::Brokers::Three());
}

}  // namespace

std::vector<KeyStoreKind> KeyStoreKinds() {
  return {{"OneBroker", [] { return std::make_unique<OnTopic>(OnOne()); }},
          {"ThreeBrokers", [] { return std::make_unique<OnTopic>(OnThree()); }}};
}

std::vector<KeyTopicKind> KeyTopicKinds() {
  return {{"OneBroker", &OnOne}, {"ThreeBrokers", &OnThree}};
}

}  // namespace dialtone::vault
