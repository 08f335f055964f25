// The ledger without a broker: RocksDB in a folder of this machine, owned by one process. What is
// appended between two polls, to whichever partitions, is one synchronous write. What is on disk is
// checked: its ends at every start, all of it by Verify; nothing that is missing or was changed is
// skipped in silence. embedded_format.h documents the layout.
#pragma once

#include <absl/functional/function_ref.h>

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <vector>

#include "controlplane/engine/ledger/acknowledged.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/engine/ledger/record.h"

namespace rocksdb {
class DB;
class WriteBatch;
}  // namespace rocksdb

namespace dialtone::engine {

struct EmbeddedOptions {
  std::filesystem::path directory;    // made if it is not there
  std::uint32_t partition_count = 8;  // fixed when the ledger is made
};

struct VerifyProgress {
  std::uint64_t records = 0;  // done, of
  std::uint64_t records_total = 0;
};

// Append and Poll of its partitions may be called by several threads, though one thread is what it
// is made for. A write that fails aborts the process: what is on disk is then unknown, and only a
// new start can tell.
class EmbeddedLedgerStore final : public LedgerStore {
 public:
  // Opens the ledger of a folder, or makes a new one there, of a cluster of its own.
  static LedgerExpected<std::unique_ptr<EmbeddedLedgerStore>> Open(const EmbeddedOptions& options,
                                                                   RandomBits random);
  ~EmbeddedLedgerStore() override;

  std::uint32_t partition_count() const override;
  Ledger& partition(std::uint32_t partition) override;
  const ClusterId& cluster() const { return cluster_; }

  // Reads every record and names the first that is missing, changed, or not where it was written.
  // Here one process appends and no append fails, so a record that does not count is damage too.
  // Costs about a second for a gigabyte.
  LedgerExpected<void> Verify(absl::FunctionRef<void(const VerifyProgress&)> progress) const;

 private:
  class Partition;

  EmbeddedLedgerStore(std::unique_ptr<rocksdb::DB> db, std::uint32_t partition_count);
  LedgerExpected<void> Load(const std::filesystem::path& acknowledged);
  LedgerExpected<void> CreateUnlessLost(const std::filesystem::path& acknowledged,
                                        RandomBits random);
  void Write(rocksdb::WriteBatch& batch) const;
  void Flush();
  ReadResult Read(std::uint32_t partition, Offset from, std::size_t bytes_max, Duration wait) const;
  Offset End(std::uint32_t partition) const;
  Offset WaitBeyond(std::uint32_t partition, Offset from, Duration wait) const;

  const std::unique_ptr<rocksdb::DB> db_;
  std::unique_ptr<Acknowledged> acknowledged_;
  ClusterId cluster_;
  std::vector<std::unique_ptr<Partition>> partitions_;

  std::mutex append_mutex_;  // of what is pending in the partitions
  mutable std::mutex ends_mutex_;
  mutable std::condition_variable ends_moved_;
  std::vector<Offset> ends_;  // behind the last record that readers see, by partition
};

}  // namespace dialtone::engine
