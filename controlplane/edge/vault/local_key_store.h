// Wrapped keys in RocksDB on this machine: one for each subject.
#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/edge/vault/key_store.h"

namespace rocksdb {
class DB;
}

namespace dialtone::vault {

class LocalKeyStore final : public KeyStore {
 public:
  static Stored<std::unique_ptr<LocalKeyStore>> Open(const std::filesystem::path& folder);
  ~LocalKeyStore() override;

  Stored<std::vector<WrappedKey>> Load(std::string_view subject) override;
  // One synchronous write. A subject that has a key keeps it, and gets no other.
  Stored<void> Add(const std::vector<NewKey>& keys) override;
  // Flushed and compacted: no file keeps the bytes.
  Stored<void> Erase(std::string_view subject) override;
  bool CatchUp() override { return true; }
  Stored<void> Sound() override { return {}; }

  Stored<std::optional<std::string>> Canary() override;
  Stored<void> AddCanary(const std::string& canary) override;
  std::optional<std::string> AnySubject() override;

  // Nobody changes a key but by Add and Erase of this object, whose caller knows of it.
  void OnChange(std::function<void(std::string_view)> /*changed*/) override {}
  std::string Where() const override { return "the keys beside it"; }

 private:
  explicit LocalKeyStore(std::unique_ptr<rocksdb::DB> db);

  const std::unique_ptr<rocksdb::DB> db_;
  std::mutex adding_;  // between the look whether there is a key, and the write
};

}  // namespace dialtone::vault
