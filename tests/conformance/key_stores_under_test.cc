// The key stores of this binary: on this machine, and on a mocked Kafka.
#include "controlplane/edge/vault/local_key_store.h"
#include "controlplane/kernel/check.h"
#include "tests/conformance/key_store_under_test.h"
#include "tests/support/mock_kafka.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::vault {

namespace {

class Local final : public KeyStoreUnderTest {
 public:
  Local() { Reopen(); }
  KeyStore& store() override { return *store_; }
  void Reopen() override {
    store_.reset();
    auto store = LocalKeyStore::Open(folder_.path() / "keys");
    DIALTONE_CHECK(store, store.error());
    store_ = std::move(*store);
  }

 private:
  TemporaryFolder folder_;
  std::unique_ptr<LocalKeyStore> store_;
};

class Mocked final : public KeyTopic {
 public:
  Mocked() { kafka_.MakeTopic(options().kafka.topic, 1); }
  KafkaKeyOptions options() const override { return KeyOptionsOf(kafka_.options()); }

 private:
  engine::MockKafka kafka_{1};
};

}  // namespace

std::vector<KeyStoreKind> KeyStoreKinds() {
  return {{"Local", [] { return std::make_unique<Local>(); }},
          {"MockedKafka", [] { return std::make_unique<OnTopic>(std::make_unique<Mocked>()); }}};
}

std::vector<KeyTopicKind> KeyTopicKinds() {
  return {{"MockedKafka", [] { return std::make_unique<Mocked>(); }}};
}

}  // namespace dialtone::vault
