// What a real broker does with the topic of keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/conformance/key_store_under_test.h"
#include "tests/kafka/brokers.h"

namespace dialtone::vault {
namespace {

using testing::HasSubstr;

// Whether a file of the topic has these bytes.
bool IsOnDisk(const engine::Brokers& brokers, const std::string& topic, const std::string& bytes) {
  const std::string partition = topic + "-0";
  std::error_code vanished;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(brokers.folder(), vanished)) {
    if (entry.path().parent_path().filename() != partition) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string found{std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>()};
    if (found.find(bytes) != std::string::npos) return true;
  }
  return false;
}

TEST(KafkaKeys, AreRefusedOnATopicThatIsNotCompacted) {
  KafkaKeyOptions options = KeyOptionsOf(engine::Brokers::One().NewTopic(1));
  engine::Brokers::One().Make(options.kafka, {{"cleanup.policy", "delete"}});
  const auto opened = KafkaKeyStore::Open(options, LedgerUse::kNew);
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()), HasSubstr("cleanup.policy: expected compact, found delete"));
}

// As somebody makes it by hand: compacted, with the brokers' own idea of how soon.
TEST(KafkaKeys, AreRefusedOnACompactedTopicThatKeepsDestroyedKeysTooLong) {
  KafkaKeyOptions options = KeyOptionsOf(engine::Brokers::One().NewTopic(1));
  engine::Brokers::One().Make(options.kafka, {{"cleanup.policy", "compact"}});
  const auto opened = KafkaKeyStore::Open(options, LedgerUse::kNew);
  ASSERT_FALSE(opened);
  EXPECT_THAT(ToText(opened.error()), HasSubstr("max.compaction.lag.ms: expected 3600000"));
}

// Keys that are known here, and stored no more, would seal what nobody can read after a restart.
TEST(KafkaKeys, AreNotAddedOnceTheirTopicIsMadeAgain) {
  KafkaKeyOptions options = KeyOptionsOf(engine::Brokers::One().NewTopic(1));
  options.kafka.append_timeout = Duration::Millis(500);
  const auto store = MustOpen(options);
  const std::string id(kKeyIdChars, 'a');
  ASSERT_TRUE(store->Add({{"users/ann", {id, "a wrapped key"}}}));
  for (int subject = 0; subject < 100; ++subject)
    ASSERT_TRUE(store->Add({{"users/" + std::to_string(subject), {id, "another"}}}));
  const auto settings = KafkaKeyStore::TopicSettings(options);
  engine::Brokers::One().Delete(options.kafka);
  engine::Brokers::One().Make(options.kafka, {settings.begin(), settings.end()});
  std::string refused;
  while (refused.find("bring it back, and restart this node") == refused.npos) {
    store->CatchUp();
    const auto added = store->Add({{"users/bob", {id, "another"}}});
    refused = added ? "" : added.error();
  }
  EXPECT_THAT(refused, HasSubstr("is not the one that was read"));
  EXPECT_THAT(*store->Load("users/ann"), testing::SizeIs(1)) << "what was sealed is read";
}

// Nothing is written to the topic after the tombstone but what the store itself does for that.
TEST(KafkaKeys, LeaveTheBrokersDiskWhenTheyAreDestroyed) {
  KafkaKeyOptions options = KeyOptionsOf(engine::Brokers::One().NewTopic(1));
  options.kafka.settings = {{"compression.codec", "none"}};
  options.compaction_lag = Duration::Seconds(2);
  auto settings = KafkaKeyStore::TopicSettings(options);
  settings.emplace_back("file.delete.delay.ms", "1000");
  engine::Brokers::One().Make(options.kafka, {settings.begin(), settings.end()});
  const auto store = MustOpen(options);
  const std::string id(kKeyIdChars, 'a');
  const std::string destroyed = "the wrapped key that is destroyed";
  const std::string kept = "the wrapped key of another subject";
  ASSERT_TRUE(store->Add({{"users/ann", {id, destroyed}}, {"users/bob", {id, kept}}}));
  ASSERT_TRUE(store->Erase("users/ann"));
  const auto on_disk = [&](const std::string& bytes) {
    return IsOnDisk(engine::Brokers::One(), options.kafka.topic, bytes);
  };
  ASSERT_TRUE(on_disk(destroyed)) << "else this shows nothing";
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(120);
  // A look while a broker renames its files may miss one, and the next one does not.
  const auto is_gone = [&] { return !on_disk(destroyed) && !on_disk(destroyed); };
  while (!is_gone() && std::chrono::steady_clock::now() < deadline)
    ASSERT_TRUE(store->Load("users/ann")->empty() && store->CatchUp());
  EXPECT_FALSE(on_disk(destroyed));
  EXPECT_TRUE(on_disk(kept));
}

}  // namespace
}  // namespace dialtone::vault
