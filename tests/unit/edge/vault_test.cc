#include <gmock/gmock.h>
#include <rocksdb/db.h>
#include <sys/stat.h>

#include <fstream>
#include <iterator>

#include "controlplane/edge/vault/aes_gcm.h"
#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/edge/vault/seal.h"
#include "tests/unit/edge/purse.h"

namespace dialtone::vault {
namespace {

using purse::v1::AddCoinsRequest;
using testing::HasSubstr;
using testing::Not;

class Sealing : public testing::Test {
 protected:
  static std::unique_ptr<KeyVault> Open(const std::filesystem::path& folder) {
    auto opened = KeyVault::Open(folder);
    EXPECT_TRUE(opened.has_value()) << opened.error();
    return std::move(*opened);
  }
  static AddCoinsRequest Ann() {
    AddCoinsRequest request;
    request.set_parent("purses/p");
    request.mutable_owner()->set_full_name("Ann Bö");
    request.mutable_owner()->add_nicknames("Annie");
    request.mutable_owner()->mutable_heir()->set_name("users/bob");
    request.mutable_owner()->mutable_heir()->set_full_name("Bob Cole");
    return request;
  }
  AddCoinsRequest Sealed() {
    AddCoinsRequest request = Ann();
    EXPECT_TRUE(plan().Seal(request, "organizations/contoso", *keys_).has_value());
    return request;
  }
  const SealPlan& plan() { return *book_.Of(AddCoinsRequest::descriptor()); }

  purse::Folder folder_;
  std::unique_ptr<KeyVault> keys_ = Open(folder_.path());
  SealBook book_;
};

TEST_F(Sealing, LeavesNothingPersonalInTheMessage) {
  const AddCoinsRequest sealed = Sealed();
  EXPECT_THAT(sealed.SerializeAsString(), Not(HasSubstr("Ann ")));
  EXPECT_THAT(sealed.SerializeAsString(), Not(HasSubstr("Cole")));
  EXPECT_EQ(sealed.owner().sealed().masked(), "A… B…");
  EXPECT_EQ(sealed.owner().sealed().subject(), "organizations/contoso");
  EXPECT_EQ(sealed.owner().heir().sealed().subject(), "users/bob");
}

TEST_F(Sealing, IsUndoneWhenItIsRead) {
  AddCoinsRequest message = Sealed();
  plan().Unseal(message, *keys_);
  EXPECT_EQ(message.SerializeAsString(), Ann().SerializeAsString());
}

TEST_F(Sealing, IsUndoneAfterARestart) {
  AddCoinsRequest message = Sealed();
  keys_.reset();
  keys_ = Open(folder_.path());
  plan().Unseal(message, *keys_);
  EXPECT_EQ(message.owner().full_name(), "Ann Bö");
}

TEST_F(Sealing, GivesOtherBytesEachTime) {
  EXPECT_NE(Sealed().owner().sealed().ciphertext(), Sealed().owner().sealed().ciphertext());
}

TEST_F(Sealing, LeavesTheMaskedTextOfAnErasedSubjectOnly) {
  AddCoinsRequest message = Sealed();
  ASSERT_TRUE(keys_->Destroy("organizations/contoso").has_value());
  plan().Unseal(message, *keys_);
  EXPECT_TRUE(message.owner().full_name().empty());
  EXPECT_EQ(message.owner().sealed().masked(), "A… B…");
  EXPECT_EQ(message.owner().heir().full_name(), "Bob Cole");
}

TEST_F(Sealing, UnderANewKeyDoesNotOpenWhatWasErased) {
  AddCoinsRequest old = Sealed();
  ASSERT_TRUE(keys_->Destroy("organizations/contoso").has_value());
  AddCoinsRequest fresh = Sealed();
  plan().Unseal(fresh, *keys_);
  plan().Unseal(old, *keys_);
  EXPECT_EQ(fresh.owner().full_name(), "Ann Bö");
  EXPECT_TRUE(old.owner().full_name().empty());
}

TEST_F(Sealing, DoesNotOpenChangedBytes) {
  const AddCoinsRequest sealed = Sealed();
  for (std::size_t i = 0; i < sealed.owner().sealed().ciphertext().size(); ++i) {
    AddCoinsRequest message = sealed;
    (*message.mutable_owner()->mutable_sealed()->mutable_ciphertext())[i] ^= 1;
    plan().Unseal(message, *keys_);
    EXPECT_TRUE(message.owner().full_name().empty()) << i;
  }
}

TEST_F(Sealing, DoesNotOpenUnderAnotherSubject) {
  AddCoinsRequest message = Sealed();
  ASSERT_TRUE(keys_->KeyFor("users/eve").has_value());
  auto& sealed = *message.mutable_owner()->mutable_sealed();
  sealed.set_subject("users/eve");
  plan().Unseal(message, *keys_);
  EXPECT_TRUE(message.owner().full_name().empty());
}

TEST_F(Sealing, HasNoPlanWhereNothingIsPersonal) {
  EXPECT_EQ(book_.Of(purse::v1::GetPurseRequest::descriptor()), nullptr);
}

TEST_F(Sealing, KeepsTheMasterKeyFromOthers) {
  struct stat status {};
  ASSERT_EQ(stat((folder_.path() / "master.key").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  chmod((folder_.path() / "master.key").c_str(), 0644);
  keys_.reset();
  const auto opened = KeyVault::Open(folder_.path());
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error(), HasSubstr("can be read by others"));
}

TEST_F(Sealing, DoesNotStartWithKeysButWithoutTheirMaster) {
  keys_.reset();
  std::filesystem::remove(folder_.path() / "master.key");
  const auto opened = KeyVault::Open(folder_.path());
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error(), HasSubstr("master.key is missing"));
}

TEST_F(Sealing, RefusesToStartWithAnotherMasterKeyAndLeavesEveryKeyToTheRightOne) {
  AddCoinsRequest message = Sealed();
  keys_.reset();
  const auto master = folder_.path() / "master.key";
  const auto right = folder_.path() / "right.key";
  std::filesystem::rename(master, right);
  std::ofstream(master, std::ios::binary) << std::string(32, 'w');
  chmod(master.c_str(), 0600);
  const auto opened = KeyVault::Open(folder_.path());
  ASSERT_FALSE(opened.has_value());
  EXPECT_THAT(opened.error(), HasSubstr("is not the one"));
  std::filesystem::rename(right, master);
  keys_ = Open(folder_.path());
  plan().Unseal(message, *keys_);
  EXPECT_EQ(message.owner().full_name(), "Ann Bö");
}

// The folder of keys, behind the vault's back.
std::unique_ptr<rocksdb::DB> OpenKeys(const std::filesystem::path& folder) {
  rocksdb::DB* db = nullptr;
  EXPECT_TRUE(rocksdb::DB::Open({}, (folder / "keys").string(), &db).ok());
  return std::unique_ptr<rocksdb::DB>(db);
}

TEST_F(Sealing, NeverMakesAKeyOverOneThatItCannotRead) {
  const std::string key = keys_->KeyFor("users/ann")->key;
  std::string stored;
  const auto store = [&](const std::string& bytes) {
    keys_.reset();
    OpenKeys(folder_.path())->Put({}, "users/ann", bytes);
    keys_ = Open(folder_.path());
  };
  keys_.reset();
  OpenKeys(folder_.path())->Get({}, "users/ann", &stored);
  std::string damaged = stored;
  damaged.back() ^= 1;
  for (const std::string& bytes : {damaged, std::string("short")}) {
    store(bytes);
    ASSERT_FALSE(keys_->KeyFor("users/ann").has_value());
    EXPECT_FALSE(keys_->Provide({"users/bob", "users/ann"}).has_value());
    keys_.reset();
    std::string left;
    OpenKeys(folder_.path())->Get({}, "users/ann", &left);
    EXPECT_EQ(left, bytes);
  }
  store(stored);
  EXPECT_EQ(keys_->KeyFor("users/ann")->key, key);
}

TEST_F(Sealing, ProvidesTheKeysOfAWholeRequestAtOnce) {
  AddCoinsRequest request = Ann();
  std::vector<std::string> subjects;
  plan().AddSubjects(request, "organizations/contoso", subjects);
  EXPECT_THAT(subjects, testing::UnorderedElementsAre("organizations/contoso", "users/bob"));
  ASSERT_TRUE(keys_->Provide(subjects).has_value());
  const std::string bob = keys_->KeyFor("users/bob")->id;
  ASSERT_TRUE(keys_->Provide({"users/bob", "users/eve", "users/eve"}).has_value());
  EXPECT_EQ(keys_->KeyFor("users/bob")->id, bob);
}

TEST_F(Sealing, WithPassingKeysLeavesNoneBehind) {
  AddCoinsRequest message = Ann();
  PassingKeys passing(*keys_);
  ASSERT_TRUE(plan().Seal(message, "organizations/contoso", passing).has_value());
  EXPECT_THAT(message.SerializeAsString(), Not(HasSubstr("Cole")));
  plan().Unseal(message, passing);
  EXPECT_EQ(message.SerializeAsString(), Ann().SerializeAsString());
  keys_.reset();
  const auto db = OpenKeys(folder_.path());
  std::string stored;
  EXPECT_TRUE(db->Get({}, "users/bob", &stored).IsNotFound());
  EXPECT_TRUE(db->Get({}, "organizations/contoso", &stored).IsNotFound());
}

TEST_F(Sealing, KeepsNoKeyInTheClearOnDisk) {
  const std::string key = keys_->KeyFor("users/ann")->key;
  keys_.reset();
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path())) {
    if (!entry.is_regular_file()) continue;
    std::ifstream stream(entry.path(), std::ios::binary);
    const std::string bytes{std::istreambuf_iterator<char>(stream),
                            std::istreambuf_iterator<char>()};
    EXPECT_EQ(bytes.find(key), std::string::npos) << entry.path();
  }
}

TEST_F(Sealing, ComparesByKeyedHashes) {
  EXPECT_EQ(keys_->KeyedHash("pin", "1234"), keys_->KeyedHash("pin", "1234"));
  EXPECT_NE(keys_->KeyedHash("pin", "1234"), keys_->KeyedHash("pin", "1235"));
  EXPECT_NE(keys_->KeyedHash("pin", "1234"), keys_->KeyedHash("account", "1234"));
}

}  // namespace
}  // namespace dialtone::vault
