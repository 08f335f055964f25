// The conformance suite's ledgers in this binary: one broker, and three.
#include <random>

#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/kernel/check.h"
#include "tests/conformance/ledger_under_test.h"
#include "tests/kafka/brokers.h"

namespace dialtone::engine {

namespace {

constexpr std::uint32_t kPartitions = 4;

class OnBrokers final : public LedgerUnderTest {
 public:
  explicit OnBrokers(const Brokers& brokers) : options_(brokers.NewTopic(kPartitions)) { Reopen(); }
  LedgerStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    std::random_device random;
    auto store = KafkaLedgerStore::Open(
        options_, [&] { return std::uniform_int_distribution<std::uint64_t>()(random); });
    DIALTONE_CHECK(store, ToText(store.error()));
    store_ = std::move(*store);
  }

 private:
  const KafkaOptions options_;
  std::unique_ptr<KafkaLedgerStore> store_;
};

}  // namespace

std::vector<LedgerKind> LedgerKinds() {
  return {{"OneBroker", [] { return std::make_unique<OnBrokers>(Brokers::One()); }},
          {"ThreeBrokers", [] { return std::make_unique<OnBrokers>(Brokers::Three()); }}};
}

}  // namespace dialtone::engine
