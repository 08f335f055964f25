// What a server keeps, opened in the order in which it may be touched: the lock of its data folder,
// the ledger (there and checked whole, or on Kafka), the rows, the keys (beside the ledger).
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <tl/expected.hpp>

#include "controlplane/edge/vault/key_vault.h"
#include "controlplane/engine/ledger/kafka_ledger.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/engine/runtime/partition.h"
#include "controlplane/engine/runtime/row_store.h"
#include "controlplane/server/config.h"

namespace dialtone::server {

// The exit codes of dialtoned, as of the CLI.
enum class ExitCode : int { kOk = 0, kOther = 1, kUsage = 2, kInUse = 4, kIntegrity = 7 };

struct StartError {
  ExitCode exit_code = ExitCode::kOther;
  std::string what;  // what is wrong, and what to do
};

template <class T>
using Started = tl::expected<T, StartError>;

inline tl::unexpected<StartError> CannotStart(ExitCode code, std::string what) {
  return tl::unexpected(StartError{code, std::move(what)});
}

ExitCode ExitCodeOf(engine::LedgerFault fault);

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
struct LedgerOf {
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
  LedgerOf ledger;
  std::unique_ptr<engine::RocksRowStore> rows;
  std::unique_ptr<vault::KeyVault> keys;
};

}  // namespace dialtone::server
