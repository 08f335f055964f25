// What the suite of key stores needs of one. Each binary names its kinds.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/edge/vault/kafka_key_store.h"
#include "controlplane/edge/vault/key_store.h"

namespace dialtone::vault {

class KeyStoreUnderTest {
 public:
  virtual ~KeyStoreUnderTest() = default;
  // New.
  virtual KeyStore& store() = 0;
  // Closes the store, and opens what it left behind.
  virtual void Reopen() = 0;
};

struct KeyStoreKind {
  std::string name;
  std::function<std::unique_ptr<KeyStoreUnderTest>()> make;
};
std::vector<KeyStoreKind> KeyStoreKinds();

// A topic of keys that no test has used, there for as long as this object.
class KeyTopic {
 public:
  virtual ~KeyTopic() = default;
  virtual KafkaKeyOptions options() const = 0;
};

struct KeyTopicKind {
  std::string name;
  std::function<std::unique_ptr<KeyTopic>()> make;
};
std::vector<KeyTopicKind> KeyTopicKinds();

// The store of a topic.
class OnTopic final : public KeyStoreUnderTest {
 public:
  explicit OnTopic(std::unique_ptr<KeyTopic> topic);
  KeyStore& store() override { return *store_; }
  void Reopen() override;

 private:
  const std::unique_ptr<KeyTopic> topic_;
  std::unique_ptr<KafkaKeyStore> store_;
};

// What opens, or the end of the test with the reason.
std::unique_ptr<KafkaKeyStore> MustOpen(const KafkaKeyOptions& options);

}  // namespace dialtone::vault
