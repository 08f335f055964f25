#include "tests/conformance/ledger_under_test.h"

#include <random>

#include "controlplane/engine/ledger/embedded_ledger.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/kernel/check.h"
#include "tests/support/mock_kafka.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::engine {

namespace {

constexpr std::uint32_t kPartitions = 4;

class Memory final : public LedgerUnderTest {
 public:
  LedgerStore& store() override { return *node_; }
  void Reopen() override { node_ = store_.Open(1); }

 private:
  MemoryLedgerStore store_{ClusterId(), kPartitions};
  std::unique_ptr<LedgerStore> node_ = store_.Open(1);
};

class Embedded final : public LedgerUnderTest {
 public:
  Embedded() { Reopen(); }
  LedgerStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    std::mt19937_64 random(1);
    auto store = EmbeddedLedgerStore::Open({folder_.path(), kPartitions}, [&] { return random(); });
    DIALTONE_CHECK(store, ToText(store.error()));
    store_ = std::move(*store);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<EmbeddedLedgerStore> store_;
};

class MockedKafka final : public LedgerUnderTest {
 public:
  MockedKafka() { Reopen(); }
  LedgerStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    std::mt19937_64 random(1);
    auto store = KafkaLedgerStore::Open(kafka_.options(), [&] { return random(); });
    DIALTONE_CHECK(store, ToText(store.error()));
    store_ = std::move(*store);
  }

 private:
  MockKafka kafka_{kPartitions};
  std::unique_ptr<KafkaLedgerStore> store_;
};

template <class Kind>
std::unique_ptr<LedgerUnderTest> Make() {
  return std::make_unique<Kind>();
}

}  // namespace

std::vector<LedgerKind> LedgerKinds() {
  return {{"Memory", &Make<Memory>},
          {"Embedded", &Make<Embedded>},
          {"MockedKafka", &Make<MockedKafka>}};
}

}  // namespace dialtone::engine
