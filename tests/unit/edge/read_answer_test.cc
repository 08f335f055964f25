#include "controlplane/edge/rpc/read_answer.h"

#include <gmock/gmock.h>

#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/edge/rpc/status.h"
#include "controlplane/edge/vault/key_vault.h"
#include "tests/unit/edge/purse.h"

namespace dialtone::edge {
namespace {

using testing::IsEmpty;
using vault::Stored;

// What all nodes share.
struct SharedKeys {
  std::map<std::string, std::vector<vault::WrappedKey>> keys;
  std::optional<std::string> canary;
};

// A node's view of it: as of when it last could ask.
class NodeStore final : public vault::KeyStore {
 public:
  enum class Brokers : std::uint8_t { kAnswer, kAway };

  explicit NodeStore(SharedKeys& shared) : shared_(shared), known_(shared.keys) {}
  void Set(Brokers brokers) { brokers_ = brokers; }

  Stored<std::vector<vault::WrappedKey>> Load(std::string_view subject) override {
    const auto found = known_.find(std::string(subject));
    return found == known_.end() ? std::vector<vault::WrappedKey>() : found->second;
  }
  Stored<void> Add(const std::vector<vault::NewKey>& keys) override {
    for (const vault::NewKey& one : keys) shared_.keys[one.subject].push_back(one.key);
    known_ = shared_.keys;
    return {};
  }
  Stored<void> Erase(std::string_view subject) override {
    shared_.keys.erase(std::string(subject));
    known_ = shared_.keys;
    return {};
  }
  bool CatchUp() override {
    if (brokers_ == Brokers::kAway) return false;
    known_ = shared_.keys;
    return true;
  }
  Stored<void> Sound() override { return {}; }
  Stored<std::optional<std::string>> Canary() override { return shared_.canary; }
  Stored<void> AddCanary(const std::string& canary) override {
    shared_.canary = canary;
    return {};
  }
  std::optional<std::string> AnySubject() override { return std::nullopt; }
  void OnChange(std::function<void(std::string_view)> /*changed*/) override {}
  std::string Where() const override { return "the keys of this test"; }

 private:
  SharedKeys& shared_;
  std::map<std::string, std::vector<vault::WrappedKey>> known_;
  Brokers brokers_ = Brokers::kAnswer;
};

// An answer that one node has sealed, and another one reads.
class AnAnswerOfAnotherNode : public testing::Test {
 protected:
  AnAnswerOfAnotherNode() {
    there_ = *vault::KeyVault::OpenShared(folder_.path(), std::make_unique<NodeStore>(shared_));
    auto store = std::make_unique<NodeStore>(shared_);
    store_ = store.get();
    here_ = *vault::KeyVault::OpenShared(folder_.path(), std::move(store));
    purse::v1::Purse purse;
    purse.mutable_owner()->set_full_name("Ann Bo");
    EXPECT_TRUE(method_.reply_seal->Seal(purse, "purses/p", *there_));
    answer_.set_reply(purse.SerializeAsString());
  }

  grpc::Status Read() {
    const AnswerReading reading{parts(), here_->at_hand(), method_, resource_, reply_};
    if (auto read = ReadAtHand(answer_, reading)) return *read;
    std::promise<grpc::Status> status;
    const DoorParts parts_of_pool = parts();
    const AnswerReading later{parts_of_pool, here_->at_hand(), method_, resource_, reply_};
    ReadLater(answer_, later, pool_, [&](grpc::Status read) { status.set_value(std::move(read)); });
    return status.get_future().get();
  }
  DoorParts parts() {
    const DoorParts& of = server_.parts();
    return {of.loop, of.clock, of.methods, *here_, of.metrics, of.cluster_id};
  }

  purse::PurseServer server_;
  purse::Folder folder_;
  SharedKeys shared_;
  std::unique_ptr<vault::KeyVault> there_;
  NodeStore* store_ = nullptr;
  std::unique_ptr<vault::KeyVault> here_;
  const Method& method_ = server_.parts().methods.Of(purse::v1::AddCoinsRequest::descriptor());
  const std::string resource_ = "purses/p";
  ledger::v1::Answer answer_;
  purse::v1::Purse reply_;
  WaitPool pool_{1};
};

TEST_F(AnAnswerOfAnotherNode, IsReadOnceItsKeyHasComeHere) {
  EXPECT_TRUE(Read().ok());
  EXPECT_EQ(reply_.owner().full_name(), "Ann Bo");
}

TEST_F(AnAnswerOfAnotherNode, IsNotTakenForErasedWhileNobodyCanTell) {
  store_->Set(NodeStore::Brokers::kAway);
  const grpc::Status status = Read();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(ReasonOf(status), "KEYS_UNAVAILABLE");
  EXPECT_THAT(reply_.SerializeAsString(), IsEmpty()) << "half of it is nobody's";
  store_->Set(NodeStore::Brokers::kAnswer);
  EXPECT_TRUE(Read().ok());
  EXPECT_EQ(reply_.owner().full_name(), "Ann Bo");
}

TEST_F(AnAnswerOfAnotherNode, ShowsTheMaskedTextOnceItsKeyIsKnownToBeGone) {
  ASSERT_TRUE(there_->Destroy("purses/p"));
  EXPECT_TRUE(Read().ok());
  EXPECT_EQ(reply_.owner().full_name(), "");
  EXPECT_EQ(reply_.owner().sealed().masked(), "A… B…");
  store_->Set(NodeStore::Brokers::kAway);
  EXPECT_TRUE(Read().ok()) << "which needs nobody any more";
}

}  // namespace
}  // namespace dialtone::edge
