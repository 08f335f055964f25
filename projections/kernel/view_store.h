// Where a view's rows lie: one RocksDB, in it a column family for each build of the view. Positions
// are rows of the same family, so that both are there or neither is, without a log. Only view.cc
// needs to know.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "dialtone/ledger/v1/view.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/snapshot.h"

namespace rocksdb {
class ColumnFamilyHandle;
class DB;
}  // namespace rocksdb

namespace dialtone::projections {

class ViewStore;

// The rows that one run over the ledger has made: growing, being read, or both. One thread writes.
class Build final : public RowSource, public std::enable_shared_from_this<Build> {
 public:
  struct Name {
    std::uint32_t version = 0;  // of the projection
    std::uint32_t number = 0;   // later ones are higher
  };

  Build(std::shared_ptr<ViewStore> store, Name name, rocksdb::ColumnFamilyHandle* family);
  ~Build() override;
  Build(const Build&) = delete;
  Build& operator=(const Build&) = delete;

  Name name() const { return name_; }
  const ledger::v1::ViewState& state() const { return state_; }
  std::optional<std::string> Find(const std::string& stored_key) const override;

  // Before the first entry.
  tl::expected<void, std::string> Begin(const std::string& cluster_id, std::size_t partitions);
  // Both at once; survives a crash together with all earlier ones, or not at all.
  tl::expected<void, std::string> Write(const RowWriter::Changes& changes,
                                        ledger::v1::ViewState state);
  // The head is reached: survives a crash from here on, and is what the next start goes on with.
  tl::expected<void, std::string> Complete();
  // Goes from the disk when the last snapshot of it is gone.
  void Drop();

  Snapshot TakeSnapshot() const;

 private:
  const std::shared_ptr<ViewStore> store_;
  const Name name_;
  rocksdb::ColumnFamilyHandle* const family_;
  ledger::v1::ViewState state_;

  friend class PinnedRows;
};

class ViewStore : public std::enable_shared_from_this<ViewStore> {
 public:
  struct Opened {
    std::shared_ptr<ViewStore> store;
    std::vector<std::shared_ptr<Build>> builds;  // that a former run has left, the latest first
  };
  // Makes the folder if it is not there.
  static tl::expected<Opened, std::string> Open(const std::filesystem::path& folder,
                                                std::size_t memtable_bytes);
  ~ViewStore();
  ViewStore(const ViewStore&) = delete;
  ViewStore& operator=(const ViewStore&) = delete;

  tl::expected<std::shared_ptr<Build>, std::string> NewBuild(std::uint32_t version);

 private:
  friend class Build;
  friend class PinnedRows;
  ViewStore(std::unique_ptr<rocksdb::DB> db, std::size_t memtable_bytes);

  const std::unique_ptr<rocksdb::DB> db_;
  const std::size_t memtable_bytes_;
  std::uint32_t last_number_ = 0;
};

}  // namespace dialtone::projections
