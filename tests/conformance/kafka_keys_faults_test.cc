// What becomes of keys when brokers fail, on librdkafka's mock cluster.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <thread>

#include "controlplane/edge/vault/kafka_key_store.h"
#include "controlplane/edge/vault/key_vault.h"
#include "tests/conformance/key_store_under_test.h"
#include "tests/support/mock_kafka.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::vault {
namespace {

using testing::HasSubstr;

class KafkaKeysFaultsTest : public testing::Test {
 protected:
  KafkaKeysFaultsTest() {
    options_.kafka.append_timeout = Duration::Millis(700);
    options_.patience = Duration::Millis(300);
    kafka_.MakeTopic(options_.kafka.topic, 1);
    auto opened = KeyVault::OpenShared(folder_.path(), MustOpen(options_));
    EXPECT_TRUE(opened) << opened.error();
    vault_ = std::move(*opened);
  }

  // True if ann's key is refused with such words, soon.
  bool IsRefusedWith(const std::string& words) {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(3);
    while (std::chrono::steady_clock::now() < until) {
      const auto provided = vault_->Provide({"users/ann"});
      if (!provided && provided.error().find(words) != std::string::npos) return true;
      std::this_thread::yield();
    }
    return false;
  }

  engine::MockKafka kafka_{1};
  KafkaKeyOptions options_ = KeyOptionsOf(kafka_.options());
  TemporaryFolder folder_;
  std::unique_ptr<KeyVault> vault_;
};

TEST_F(KafkaKeysFaultsTest, NothingIsSealedWhileBrokersAreAwayAndAllIsAgainWhenTheyAreBack) {
  const auto before = vault_->KeyFor("users/ann");
  ASSERT_TRUE(before);
  kafka_.GoDown();
  const auto refused = vault_->Provide({"users/bob"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("keys cannot be stored"));
  EXPECT_FALSE(vault_->at_hand().KeyFor("users/bob")) << "a key that may not be durable";
  EXPECT_EQ(vault_->KeyFor("users/ann")->id, before->id) << "what is there needs no broker";
  EXPECT_FALSE(vault_->Find("users/eve", "0123456789abcdef").has_value());
  EXPECT_FALSE(vault_->Destroy("users/ann")) << "which would not be known to all";
  kafka_.ComeUp();
  auto key = vault_->KeyFor("users/bob");
  for (int i = 0; i < 20 && !key; ++i) key = vault_->KeyFor("users/bob");
  EXPECT_TRUE(key) << key.error();
}

// The producer hears of success, and nothing is stored.
TEST_F(KafkaKeysFaultsTest, AFalseSuccessIsARefusal) {
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR_DUPLICATE_SEQUENCE_NUMBER});
  const auto refused = vault_->Provide({"users/ann"});
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error(), HasSubstr("does not show what was written"));
  EXPECT_TRUE(vault_->KeyFor("users/ann"));
}

TEST_F(KafkaKeysFaultsTest, AnAppendThatIsSentAgainMakesNoSecondKey) {
  kafka_.AnswerAppends({RD_KAFKA_RESP_ERR__TRANSPORT});
  const auto key = vault_->KeyFor("users/ann");
  ASSERT_TRUE(key) << key.error();
  vault_.reset();
  const auto store = MustOpen(options_);
  EXPECT_THAT(*store->Load("users/ann"), testing::SizeIs(1));
}

// As one does that stood still, and goes on before it hears that another leads.
TEST_F(KafkaKeysFaultsTest, KeysAreFollowedOnAfterABrokerThatKnowsLessThanWasRead) {
  ASSERT_TRUE(vault_->KeyFor("users/ann"));
  // The fetch that is answered so may be one that librdkafka has given up.
  do kafka_.AnswerFetch(RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE);
  while (!IsRefusedWith("asked again"));
  for (int subject = 0; subject < 20; ++subject) {
    const std::string name = "users/bob-" + std::to_string(subject);
    while (!vault_->KeyFor(name)) std::this_thread::yield();
  }
}

TEST_F(KafkaKeysFaultsTest, AfterAnErrorTheTopicIsReadOn) {
  kafka_.AnswerFetch(RD_KAFKA_RESP_ERR_INVALID_MSG);
  auto key = vault_->KeyFor("users/ann");
  for (int i = 0; i < 20 && !key; ++i) key = vault_->KeyFor("users/ann");
  EXPECT_TRUE(key) << key.error();
}

TEST_F(KafkaKeysFaultsTest, TheTopicOfAUsedLedgersKeysIsNotMadeAnew) {
  KafkaKeyOptions options = options_;
  options.kafka.topic = "gone.keys";
  kafka_.Deny(options.kafka.topic);
  options.kafka.open_timeout = Duration::Millis(500);
  const auto opened = KafkaKeyStore::Open(options, LedgerUse::kUsed);
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()), HasSubstr("topic gone.keys is not there"));
}

// The loop finds what is known here, and asks no broker.
TEST_F(KafkaKeysFaultsTest, KeysAtHandWaitForNobody) {
  const auto key = vault_->KeyFor("users/ann");
  ASSERT_TRUE(key);
  kafka_.GoDown();
  const auto began = std::chrono::steady_clock::now();
  EXPECT_TRUE(vault_->at_hand().Find("users/ann", key->id).has_value());
  EXPECT_FALSE(vault_->at_hand().Find("users/eve", key->id).has_value());
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::milliseconds(200));
}

}  // namespace
}  // namespace dialtone::vault
