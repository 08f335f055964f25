// What a server keeps, opened in the order in which it may be touched: the lock of its data folder,
// the ledger (there and checked whole, or on Kafka), the rows, the keys (beside the ledger).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/engine/runtime/partition.h"
#include "controlplane/engine/runtime/row_store.h"
#include "controlplane/server/config.h"
#include "controlplane/server/start_error.h"

namespace dialtone::server {

// REQUIRES: the config's ledger is on Kafka.
engine::KafkaOptions KafkaOptionsOf(const Config& config);

// Rows that a former run has left are not as they were, or cannot be compared with the ledger now.
tl::unexpected<StartError> CannotLoad(const Config& config, const engine::LoadError& error);

// 64 random bits of the system.
std::uint64_t SystemRandom();

// One process a folder, for as long as it lives.
class FolderLock {
 public:
  static Started<FolderLock> Take(const std::filesystem::path& folder);
  FolderLock(FolderLock&& other) noexcept;
  FolderLock& operator=(FolderLock&& other) noexcept;
  ~FolderLock();

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_ = -1;
};

// The ledger that the config names.
struct OpenedLedger {
  std::unique_ptr<engine::LedgerStore> store;
  engine::ClusterId cluster;
  engine::KafkaLedgerStore* kafka = nullptr;  // the store, if it is there
};

// Whether a partition holds more than its beginning: somebody has claimed it. What cannot be read
// now may hold more.
bool IsUsed(const engine::Ledger& partition);

struct Storage {
  static Started<Storage> Open(const Config& config);

  FolderLock lock;
  OpenedLedger ledger;
  std::unique_ptr<engine::RocksRowStore> rows;
  std::unique_ptr<vault::KeyVault> keys;
};

}  // namespace dialtone::server
