#include "tests/simulation/machine_room.h"

#include <utility>

#include "controlplane/kernel/check.h"

namespace dialtone::simulation {

namespace {

using engine::Cookie;
using engine::Ledger;
using engine::LedgerStore;
using engine::Offset;
using engine::RowStore;

class WatchedLedger final : public Ledger {
 public:
  WatchedLedger(Ledger& inner, const BeforeIo& before) : inner_(inner), before_(before) {}

  void Append(std::string record, Cookie cookie) override {
    before_();
    inner_.Append(std::move(record), cookie);
  }
  void Poll(Duration wait,
            absl::FunctionRef<void(Cookie, const engine::AppendResult&)> completed) override {
    before_();
    inner_.Poll(wait, completed);
  }
  engine::ReadResult Read(Offset from, std::size_t bytes_max, Duration wait) const override {
    before_();
    return inner_.Read(from, bytes_max, wait);
  }
  Offset End() const override { return inner_.End(); }
  std::string Damage() const override { return inner_.Damage(); }

 private:
  Ledger& inner_;
  const BeforeIo& before_;
};

class WatchedStore final : public LedgerStore {
 public:
  WatchedStore(LedgerStore& inner, BeforeIo before) : before_(std::move(before)) {
    for (std::uint32_t partition = 0; partition < inner.partition_count(); ++partition) {
      ledgers_.push_back(std::make_unique<WatchedLedger>(inner.partition(partition), before_));
    }
  }
  std::uint32_t partition_count() const override {
    return static_cast<std::uint32_t>(ledgers_.size());
  }
  Ledger& partition(std::uint32_t partition) override { return *ledgers_.at(partition); }

 private:
  const BeforeIo before_;
  std::vector<std::unique_ptr<WatchedLedger>> ledgers_;
};

class WatchedRows final : public RowStore {
 public:
  WatchedRows(RowStore& inner, BeforeIo before) : inner_(inner), before_(std::move(before)) {}

  void Write(std::uint32_t partition, const engine::RowBatch& rows) override {
    before_();
    inner_.Write(partition, rows);
  }
  std::optional<std::string> Find(std::uint32_t partition, std::string_view key) const override {
    before_();
    return inner_.Find(partition, key);
  }
  void ForEach(std::uint32_t partition,
               absl::FunctionRef<void(std::string_view, const std::string&)> visit) const override {
    inner_.ForEach(partition, visit);
  }
  void Flush() override { inner_.Flush(); }

 private:
  RowStore& inner_;
  const BeforeIo before_;
};

}  // namespace

MachineRoom::MachineRoom(engine::NodeId id, engine::NodeOptions options, const Surroundings& with)
    : id_(id), options_(std::move(options)), with_(with), checked_(options_.partition_count, 0) {}

MachineRoom::~MachineRoom() = default;

void MachineRoom::Start() {
  if (is_up()) return;
  ends_after_ = 0;
  ledger_ = with_.ledger.Open(id_);
  const BeforeIo before = [this] { Io(); };
  watched_ledger_ = std::make_unique<WatchedStore>(*ledger_, before);
  watched_disk_ = std::make_unique<WatchedRows>(disk_, before);
  node_ = std::make_unique<engine::Node>(
      options_, *watched_ledger_, *watched_disk_, reactor_, with_.policy,
      [](std::uint32_t) { return std::make_unique<testing::ToyMachine>(); });
  checked_.assign(options_.partition_count, 0);
  const auto loaded = node_->Load();
  if (!loaded) return with_.complaints.Say("rows cannot be loaded: " + loaded.error().what);
  CheckAll();
}

void MachineRoom::End() {
  if (!is_up()) return;
  with_.story.Add([&] { return "node " + std::to_string(id_) + " ends"; });
  ++crashes_;
  node_.reset();
  watched_disk_.reset();
  watched_ledger_.reset();
  ledger_.reset();
  disk_.Crash();
}

void MachineRoom::Io() {
  if (ends_after_ > 0 && --ends_after_ == 0) throw Crash{};
  if (turning_ && interlude_) interlude_();
}

template <class Act>
void MachineRoom::Survive(Act act) {
  turning_ = true;
  bool ended = false;
  try {
    act();
  } catch (const Crash&) {
    ended = true;
  }
  turning_ = false;
  if (ended) End();
}

void MachineRoom::Turn(Timestamp now) {
  if (!is_up() || turning_) return;
  Survive([&] { node_->Turn(Clock(now)); });
  if (!is_up()) return;
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition)
    CheckPartition(partition);
  if (with_.chance.Percent(5)) CheckRows();
}

void MachineRoom::Run(absl::FunctionRef<void(engine::Node&)> task) {
  if (is_up() && !turning_) Survive([&] { task(*node_); });
}

void MachineRoom::CheckPartition(std::uint32_t partition) {
  const engine::Partition& seen = node_->partition(partition);
  if (seen.role() == engine::Role::kStopped)
    return with_.complaints.Say("node " + std::to_string(id_) + " stops: " + seen.stop_reason());
  const std::uint64_t index = seen.filter().index();
  const std::string whose = "node " + std::to_string(id_) + "'s fold";
  if (index == checked_[partition]) return;
  with_.audit.CheckHead(partition, seen.filter(), whose);
  if (seen.in_flight() > 0) return;
  checked_[partition] = index;
  with_.audit.CheckFold(partition, index, seen.fold(), whose);
}

void MachineRoom::CheckAll() {
  checked_.assign(options_.partition_count, UINT64_MAX);
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition)
    CheckPartition(partition);
  CheckRows();
}

// What is on the disk is the fold of the entries up to the valid head.
void MachineRoom::CheckRows() {
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    engine::Fold fold(partition, std::make_unique<testing::ToyMachine>(), options_.requests_max);
    disk_.ForEach(partition, [&](std::string_view key, const std::string& row) {
      if (engine::IsFoldRow(key)) fold.Restore(key, row);
    });
    fold.Derive();
    with_.audit.CheckFold(partition, node_->partition(partition).filter().index(), fold,
                          "node " + std::to_string(id_) + "'s disk");
  }
}

}  // namespace dialtone::simulation
