#include "projections/kernel/view_store.h"

#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <algorithm>
#include <cstdio>
#include <unordered_map>
#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::projections {

namespace {

constexpr double kBloomBits = 10;
constexpr std::size_t kBulkMemtables = 4;  // as much memory as so many memtables for one of a bulk
const std::string kStateKey(1, '\0');      // table 0

tl::unexpected<std::string> Failed(const rocksdb::Status& status) {
  return tl::unexpected(status.ToString());
}
tl::expected<void, std::string> ToExpected(const rocksdb::Status& status) {
  if (!status.ok()) return Failed(status);
  return {};
}

// What cannot be read back may not be answered from.
void MustBeOk(const rocksdb::Status& status) {
  DIALTONE_CHECK(status.ok(), "view: " + status.ToString());
}

rocksdb::DBOptions StoreOptions() {
  rocksdb::DBOptions options;
  options.create_if_missing = true;
  options.keep_log_file_num = 2;
  return options;
}

rocksdb::ColumnFamilyOptions FamilyOptions(std::size_t memtable_bytes) {
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(kBloomBits));
  rocksdb::ColumnFamilyOptions options;
  options.write_buffer_size = memtable_bytes;
  options.compression = rocksdb::kLZ4Compression;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

// The memtable finds the next place from the last one: half the time of a build was spent on that.
std::vector<const RowWriter::Changes::value_type*> InKeyOrder(const RowWriter::Changes& changes) {
  std::vector<const RowWriter::Changes::value_type*> sorted;
  sorted.reserve(changes.size());
  for (const auto& change : changes) sorted.push_back(&change);
  std::sort(sorted.begin(), sorted.end(),
            [](const auto* a, const auto* b) { return a->first < b->first; });
  return sorted;
}

std::string ToText(Build::Name name) {
  return "v" + std::to_string(name.version) + "-" + std::to_string(name.number);
}
// None for the family that RocksDB makes by itself.
std::optional<Build::Name> NameOf(const std::string& family) {
  Build::Name name;
  if (std::sscanf(family.c_str(), "v%u-%u", &name.version, &name.number) != 2) return std::nullopt;
  return name;
}

std::vector<rocksdb::ColumnFamilyDescriptor> FamiliesIn(const std::string& folder,
                                                        std::size_t memtable_bytes) {
  std::vector<std::string> names;
  const bool is_new = !rocksdb::DB::ListColumnFamilies(rocksdb::DBOptions(), folder, &names).ok();
  if (is_new) names = {rocksdb::kDefaultColumnFamilyName};
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  for (const std::string& name : names) families.emplace_back(name, FamilyOptions(memtable_bytes));
  return families;
}

}  // namespace

// A build as it was when this was made.
class PinnedRows final : public Snapshot::Rows {
 public:
  explicit PinnedRows(std::shared_ptr<const Build> build)
      : build_(std::move(build)), pin_(db().GetSnapshot()) {}
  ~PinnedRows() override { db().ReleaseSnapshot(pin_); }
  PinnedRows(const PinnedRows&) = delete;
  PinnedRows& operator=(const PinnedRows&) = delete;

  std::optional<std::string> Find(const std::string& stored_key) const override {
    std::string row;
    const rocksdb::Status status = db().Get(Options(), build_->family_, stored_key, &row);
    if (status.IsNotFound()) return std::nullopt;
    MustBeOk(status);
    return row;
  }

  void ForEach(const std::string& stored_prefix, const std::string& stored_from,
               absl::FunctionRef<Walk(std::string_view, std::string_view)> visit) const override {
    const std::unique_ptr<rocksdb::Iterator> rows(db().NewIterator(Options(), build_->family_));
    for (rows->Seek(stored_from); rows->Valid() && rows->key().starts_with(stored_prefix);
         rows->Next()) {
      const Walk walk = visit(rows->key().ToStringView(), rows->value().ToStringView());
      if (walk == Walk::kStop) break;
    }
    MustBeOk(rows->status());
  }

 private:
  rocksdb::DB& db() const { return *build_->store_->db_; }
  rocksdb::ReadOptions Options() const {
    rocksdb::ReadOptions options;
    options.snapshot = pin_;
    return options;
  }

  const std::shared_ptr<const Build> build_;
  const rocksdb::Snapshot* const pin_;
};

Build::Build(std::shared_ptr<ViewStore> store, Name name, rocksdb::ColumnFamilyHandle* family)
    : store_(std::move(store)), name_(name), family_(family) {
  if (const auto state = Find(kStateKey))
    DIALTONE_CHECK(state_.ParseFromString(*state), "a view's state that cannot be read");
}

Build::~Build() { MustBeOk(store_->db_->DestroyColumnFamilyHandle(family_)); }

std::optional<std::string> Build::Find(const std::string& stored_key) const {
  std::string row;
  const rocksdb::Status status =
      store_->db_->Get(rocksdb::ReadOptions(), family_, stored_key, &row);
  if (status.IsNotFound()) return std::nullopt;
  MustBeOk(status);
  return row;
}

tl::expected<void, std::string> Build::Write(const RowWriter::Changes& changes,
                                             ledger::v1::ViewState state) {
  rocksdb::WriteBatch batch;
  for (const RowWriter::Changes::value_type* const change : InKeyOrder(changes)) {
    const auto& [key, row] = *change;
    MustBeOk(row ? batch.Put(family_, key, *row) : batch.Delete(family_, key));
  }
  MustBeOk(batch.Put(family_, kStateKey, state.SerializeAsString()));
  rocksdb::WriteOptions without_log;
  without_log.disableWAL = true;
  const rocksdb::Status status = store_->db_->Write(without_log, &batch);
  if (status.ok()) state_ = std::move(state);
  return ToExpected(status);
}

// Until it is complete much is written and little read: files are not merged, memory holds more.
tl::expected<void, std::string> Build::Begin(const std::string& cluster_id,
                                             std::size_t partitions) {
  ledger::v1::ViewState state;
  state.set_cluster_id(cluster_id);
  for (std::size_t partition = 0; partition < partitions; ++partition) state.add_partitions();
  if (auto written = Write({}, std::move(state)); !written) return written;
  constexpr char kNever[] = "1000000";
  return ToExpected(store_->db_->SetOptions(
      family_, {{"disable_auto_compactions", "true"},
                {"level0_slowdown_writes_trigger", kNever},
                {"level0_stop_writes_trigger", kNever},
                {"write_buffer_size", std::to_string(store_->memtable_bytes_ * kBulkMemtables)}}));
}

tl::expected<void, std::string> Build::Complete() {
  ledger::v1::ViewState complete = state_;
  complete.set_complete(true);
  if (auto written = Write({}, std::move(complete)); !written) return written;
  const rocksdb::Status flushed = store_->db_->Flush(rocksdb::FlushOptions(), family_);
  if (!flushed.ok()) return Failed(flushed);
  const rocksdb::ColumnFamilyOptions usual = FamilyOptions(store_->memtable_bytes_);
  return ToExpected(store_->db_->SetOptions(
      family_,
      {{"disable_auto_compactions", "false"},
       {"level0_slowdown_writes_trigger", std::to_string(usual.level0_slowdown_writes_trigger)},
       {"level0_stop_writes_trigger", std::to_string(usual.level0_stop_writes_trigger)},
       {"write_buffer_size", std::to_string(store_->memtable_bytes_)}}));
}

void Build::Drop() { MustBeOk(store_->db_->DropColumnFamily(family_)); }

Snapshot Build::TakeSnapshot() const {
  Positions positions;
  for (const ledger::v1::ViewedPartition& partition : state_.partitions())
    positions.push_back(partition.index());
  return Snapshot(std::make_shared<PinnedRows>(shared_from_this()), state_.cluster_id(),
                  std::move(positions));
}

ViewStore::ViewStore(std::unique_ptr<rocksdb::DB> db, std::size_t memtable_bytes)
    : db_(std::move(db)), memtable_bytes_(memtable_bytes) {}

ViewStore::~ViewStore() = default;

tl::expected<ViewStore::Opened, std::string> ViewStore::Open(const std::filesystem::path& folder,
                                                             std::size_t memtable_bytes) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return tl::unexpected(folder.string() + ": " + error.message());
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(
      StoreOptions(), folder.string(), FamiliesIn(folder.string(), memtable_bytes), &handles, &db);
  if (!status.ok()) return tl::unexpected(folder.string() + ": " + status.ToString());

  Opened opened;
  opened.store.reset(new ViewStore(std::unique_ptr<rocksdb::DB>(db), memtable_bytes));
  for (rocksdb::ColumnFamilyHandle* const family : handles) {
    if (const auto name = NameOf(family->GetName())) {
      opened.builds.push_back(std::make_shared<Build>(opened.store, *name, family));
      opened.store->last_number_ = std::max(opened.store->last_number_, name->number);
    } else {
      MustBeOk(db->DestroyColumnFamilyHandle(family));
    }
  }
  std::sort(opened.builds.begin(), opened.builds.end(),
            [](const auto& a, const auto& b) { return a->name().number > b->name().number; });
  return opened;
}

tl::expected<std::shared_ptr<Build>, std::string> ViewStore::NewBuild(std::uint32_t version) {
  const Build::Name name{version, ++last_number_};
  rocksdb::ColumnFamilyHandle* family = nullptr;
  const rocksdb::Status status =
      db_->CreateColumnFamily(FamilyOptions(memtable_bytes_), ToText(name), &family);
  if (!status.ok()) return Failed(status);
  return std::make_shared<Build>(shared_from_this(), name, family);
}

}  // namespace dialtone::projections
