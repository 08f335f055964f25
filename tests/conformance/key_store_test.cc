// What every store of keys promises (controlplane/edge/vault/key_store.h), and what the nodes of
// one topic see of each other's keys.
#include "controlplane/edge/vault/key_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/kernel/check.h"
#include "tests/conformance/key_store_under_test.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::vault {

std::unique_ptr<KafkaKeyStore> MustOpen(const KafkaKeyOptions& options) {
  auto store = KafkaKeyStore::Open(options, LedgerUse::kNew);
  DIALTONE_CHECK(store, ToText(store.error()));
  return std::move(*store);
}

OnTopic::OnTopic(std::unique_ptr<KeyTopic> topic) : topic_(std::move(topic)) { Reopen(); }

void OnTopic::Reopen() {
  store_.reset();
  store_ = MustOpen(topic_->options());
}

namespace {

using testing::AnyOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

NewKey KeyOf(const std::string& subject, char id) {
  return {subject, {std::string(kKeyIdChars, id), std::string("wrapped \0", 9) + id}};
}

class KeyStoreTest : public testing::TestWithParam<KeyStoreKind> {
 protected:
  KeyStore& store() { return under_test_->store(); }
  void Reopen() { under_test_->Reopen(); }
  // The ids of the subject's keys.
  std::vector<std::string> Ids(const std::string& subject) {
    const auto loaded = store().Load(subject);
    EXPECT_TRUE(loaded) << loaded.error();
    std::vector<std::string> ids;
    for (const WrappedKey& one : *loaded) ids.push_back(one.id);
    return ids;
  }

  const std::unique_ptr<KeyStoreUnderTest> under_test_ = GetParam().make();
};

std::string NameOf(const testing::TestParamInfo<KeyStoreKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Stores, KeyStoreTest, testing::ValuesIn(KeyStoreKinds()), NameOf);

TEST_P(KeyStoreTest, HasNoKeyOfWhoHasNone) {
  EXPECT_THAT(Ids("users/ann"), IsEmpty());
  EXPECT_FALSE(store().AnySubject().has_value());
}

TEST_P(KeyStoreTest, KeepsEveryByteOfWhatIsAddedOverARestart) {
  const NewKey ann = KeyOf("users/ann", 'a');
  ASSERT_TRUE(store().Add({ann, KeyOf("users/bob", 'b')}));
  for (int start = 0; start < 2; ++start) {
    const auto loaded = store().Load("users/ann");
    ASSERT_TRUE(loaded);
    ASSERT_THAT(*loaded, SizeIs(1));
    EXPECT_EQ(loaded->front().id, ann.key.id);
    EXPECT_EQ(loaded->front().wrapped, ann.key.wrapped);
    EXPECT_THAT(Ids("users/bob"), SizeIs(1));
    EXPECT_TRUE(store().AnySubject().has_value());
    Reopen();
  }
}

TEST_P(KeyStoreTest, NeverLosesAKeyToALaterOneOfTheSameSubject) {
  ASSERT_TRUE(store().Add({KeyOf("users/ann", 'a')}));
  ASSERT_TRUE(store().Add({KeyOf("users/ann", 'b')}));
  const std::vector<std::string> ids = Ids("users/ann");
  ASSERT_FALSE(ids.empty());
  EXPECT_EQ(ids.front(), std::string(kKeyIdChars, 'a'));
  Reopen();
  EXPECT_EQ(Ids("users/ann"), ids);
}

TEST_P(KeyStoreTest, ErasesTheKeysOfOneSubjectForGood) {
  ASSERT_TRUE(store().Add({KeyOf("users/ann", 'a'), KeyOf("users/bob", 'b')}));
  ASSERT_TRUE(store().Erase("users/ann"));
  ASSERT_TRUE(store().Erase("users/nobody"));
  for (int start = 0; start < 2; ++start) {
    EXPECT_THAT(Ids("users/ann"), IsEmpty());
    EXPECT_THAT(Ids("users/bob"), SizeIs(1));
    Reopen();
  }
  ASSERT_TRUE(store().Add({KeyOf("users/ann", 'c')}));
  EXPECT_THAT(Ids("users/ann"), testing::ElementsAre(std::string(kKeyIdChars, 'c')));
}

TEST_P(KeyStoreTest, KnowsWhatIsThereWhenItHasCaughtUp) {
  ASSERT_TRUE(store().Add({KeyOf("users/ann", 'a')}));
  EXPECT_TRUE(store().CatchUp());
}

TEST_P(KeyStoreTest, KeepsTheCanary) {
  ASSERT_TRUE(store().Canary());
  EXPECT_FALSE(store().Canary()->has_value());
  ASSERT_TRUE(store().AddCanary("yellow"));
  EXPECT_EQ(**store().Canary(), "yellow");
  Reopen();
  EXPECT_EQ(**store().Canary(), "yellow");
  EXPECT_FALSE(store().AnySubject().has_value()) << "which is nobody's key";
}

TEST_P(KeyStoreTest, TakesKeysFromManyThreads) {
  std::vector<std::thread> threads;
  for (char id = 'a'; id < 'e'; ++id) {
    threads.emplace_back([this, id] {
      for (int i = 0; i < 8; ++i)
        EXPECT_TRUE(store().Add({KeyOf("users/" + std::string(1, id) + std::to_string(i), id)}));
    });
  }
  for (std::thread& thread : threads) thread.join();
  Reopen();
  for (char id = 'a'; id < 'e'; ++id)
    EXPECT_THAT(Ids("users/" + std::string(1, id) + "7"), SizeIs(1));
}

// Two nodes, each with a folder of its own and the same master key.
class SharedKeysTest : public testing::TestWithParam<KeyTopicKind> {
 protected:
  using Opened = tl::expected<std::unique_ptr<KeyVault>, std::string>;

  Opened Open(const std::filesystem::path& folder) const {
    return KeyVault::OpenShared(folder, MustOpen(topic_->options()));
  }
  std::unique_ptr<KeyVault> MustOpenVault(const TemporaryFolder& folder) const {
    auto opened = Open(folder.path());
    DIALTONE_CHECK(opened, opened.error());
    return std::move(*opened);
  }
  void StartBoth() {
    here_ = MustOpenVault(one_);
    std::filesystem::copy_file(one_.path() / "master.key", two_.path() / "master.key",
                               std::filesystem::copy_options::overwrite_existing);
    there_ = MustOpenVault(two_);
  }
  void StartBothAgain() {
    here_.reset();
    there_.reset();
    here_ = MustOpenVault(one_);
    there_ = MustOpenVault(two_);
  }
  static bool Has(KeyVault& vault, const SubjectKey& key) {
    const auto found = vault.Find("users/ann", key.id);
    EXPECT_TRUE(!found || found->key == key.key);
    return found.has_value();
  }

  const std::unique_ptr<KeyTopic> topic_ = GetParam().make();
  TemporaryFolder one_;
  TemporaryFolder two_;
  std::unique_ptr<KeyVault> here_;
  std::unique_ptr<KeyVault> there_;
};

std::string TopicName(const testing::TestParamInfo<KeyTopicKind>& info) { return info.param.name; }
INSTANTIATE_TEST_SUITE_P(Topics, SharedKeysTest, testing::ValuesIn(KeyTopicKinds()), TopicName);

// At once: the other node waits until it has read what was there when it was asked.
TEST_P(SharedKeysTest, WhatOneNodeSealsTheOtherUnseals) {
  StartBoth();
  for (int i = 0; i < 20; ++i) {
    const std::string subject = "users/" + std::to_string(i);
    const auto key = here_->KeyFor(subject);
    ASSERT_TRUE(key) << key.error();
    const auto found = there_->Find(subject, key->id);
    ASSERT_TRUE(found.has_value()) << i;
    EXPECT_EQ(found->key, key->key);
    EXPECT_EQ(there_->KeyFor(subject)->id, key->id);
  }
  EXPECT_EQ(here_->BodyHash("body"), there_->BodyHash("body"));
}

TEST_P(SharedKeysTest, KeysThatTwoNodesMakeAtOnceBothStayAndOneIsUsedFromThenOn) {
  StartBoth();
  for (int i = 0; i < 10; ++i) {
    const std::string subject = "users/" + std::to_string(i);
    tl::expected<SubjectKey, std::string> other;
    std::thread thread([&] { other = there_->KeyFor(subject); });
    const auto own = here_->KeyFor(subject);
    thread.join();
    ASSERT_TRUE(own && other);
    for (KeyVault* const vault : {here_.get(), there_.get()}) {
      EXPECT_TRUE(vault->Find(subject, own->id).has_value());
      EXPECT_TRUE(vault->Find(subject, other->id).has_value());
    }
    EXPECT_EQ(here_->KeyFor(subject)->id, there_->KeyFor(subject)->id);
  }
}

TEST_P(SharedKeysTest, ADestroyedKeyIsGoneOnBothNodesAndAfterARestart) {
  StartBoth();
  const SubjectKey key = *here_->KeyFor("users/ann");
  EXPECT_TRUE(Has(*there_, key));
  ASSERT_TRUE(there_->Destroy("users/ann"));
  EXPECT_FALSE(Has(*there_, key));
  // Its own copy goes when the node has read of it.
  ASSERT_FALSE(here_->Find("users/ann", "never made").has_value());
  EXPECT_FALSE(Has(*here_, key));
  StartBothAgain();
  EXPECT_FALSE(Has(*here_, key));
  EXPECT_FALSE(Has(*there_, key));
  EXPECT_NE(here_->KeyFor("users/ann")->id, key.id);
}

TEST_P(SharedKeysTest, ANodeWithAnotherMasterKeyIsRefusedAndToldWhichFileAndTopic) {
  here_ = MustOpenVault(one_);
  const auto file = two_.path() / "master.key";
  std::ofstream(file, std::ios::binary) << std::string(32, 'w');
  chmod(file.c_str(), 0600);
  const auto opened = Open(two_.path());
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr(file.string() + " is not the one"));
  EXPECT_THAT(opened.error(), HasSubstr("topic " + topic_->options().kafka.topic));
  here_.reset();
  EXPECT_TRUE(Open(one_.path()).has_value()) << "which changes nothing for the right one";
}

TEST_P(SharedKeysTest, ANodeWithoutAMasterKeyMakesNoneOfItsOwn) {
  here_ = MustOpenVault(one_);
  const auto opened = Open(two_.path());
  ASSERT_FALSE(opened);
  EXPECT_THAT(opened.error(), HasSubstr("copy it from a node that has it"));
  EXPECT_FALSE(std::filesystem::exists(two_.path() / "master.key"));
}

TEST_P(SharedKeysTest, OfTwoFirstStartsAtOnceOneMasterKeyCountsForGood) {
  Opened one;
  Opened two;
  std::thread thread([&] { one = Open(one_.path()); });
  two = Open(two_.path());
  thread.join();
  ASSERT_TRUE(one.has_value() || two.has_value());
  ASSERT_FALSE(one.has_value() && two.has_value()) << "each has made a master key of its own";
  const TemporaryFolder& right = one ? one_ : two_;
  const TemporaryFolder& wrong = one ? two_ : one_;
  one = Opened();
  two = Opened();
  EXPECT_TRUE(Open(right.path()).has_value());
  EXPECT_FALSE(Open(wrong.path()).has_value());
}

TEST_P(SharedKeysTest, AUsedLedgerIsNotOpenedWithoutItsKeys) {
  KafkaKeyOptions options = topic_->options();
  options.kafka.open_timeout = Duration::Seconds(3);
  const auto opened = KafkaKeyStore::Open(options, LedgerUse::kUsed);
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()),
              AnyOf(HasSubstr("has no keys, but its ledger was used: bring the topic back"),
                    HasSubstr("is not there, but was: bring it back")));
  here_ = MustOpenVault(one_);
  EXPECT_TRUE(KafkaKeyStore::Open(topic_->options(), LedgerUse::kUsed).has_value());
}

}  // namespace
}  // namespace dialtone::vault
