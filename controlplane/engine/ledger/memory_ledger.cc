#include "controlplane/engine/ledger/memory_ledger.h"

#include <algorithm>
#include <chrono>
#include <optional>

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

// One append: its record on the way to the log, and its report on the way back.
struct MemoryLedgerStore::Parcel {
  std::uint32_t partition = 0;
  std::string record;
  Cookie cookie = 0;
  AppendPlan plan;
  Offset false_offset = 0;                // told instead of the true one
  std::optional<std::uint64_t> reported;  // the turn of the report, once it is known
  AppendResult result;
};

// One node's way to one partition.
class MemoryLedgerStore::Lane final : public Ledger {
 public:
  Lane(MemoryLedgerStore& store, NodeId node, std::uint32_t partition)
      : store_(store), node_(node), partition_(partition), cuts_(store.Cuts(partition)) {}

  void Append(std::string record, Cookie cookie) override {
    store_.Append(*this, std::move(record), cookie);
  }
  void Poll(Duration wait,
            absl::FunctionRef<void(Cookie, const AppendResult&)> completed) override {
    for (const auto& [cookie, result] : store_.Poll(*this, wait)) completed(cookie, result);
  }
  ReadResult Read(Offset from, std::size_t bytes_max, Duration wait) const override {
    return store_.Read(*this, from, bytes_max, wait);
  }
  Offset End() const override { return store_.End(partition_); }
  std::string Damage() const override {
    return store_.Cuts(partition_) == cuts_ ? "" : "the log is shorter than it was";
  }

 private:
  friend class MemoryLedgerStore;

  // A false place that may be taken for the next true one is none that a ledger may tell: ledger.h.
  AppendResult Told(const Parcel& parcel) {
    AppendResult result = parcel.result;
    if (parcel.plan.report == Report::kFalseDuplicate && result.offset >= told_)
      result = {AppendFate::kUnknown, 0};
    if (result.fate == AppendFate::kStored) told_ = std::max(told_, result.offset + 1);
    return result;
  }

  bool HasReport(std::uint64_t turn) const {
    return !open_.empty() && open_.front()->reported && *open_.front()->reported <= turn;
  }

  MemoryLedgerStore& store_;
  const NodeId node_;
  const std::uint32_t partition_;
  const std::uint32_t cuts_;                  // when the node began
  std::deque<std::shared_ptr<Parcel>> open_;  // not reported yet, in the order of the appends
  std::uint64_t last_due_ = 0;                // of what keeps its order
  Offset false_duplicates_ = 0;
  Offset told_ = 0;  // behind every place that was told
};

class MemoryLedgerStore::Node final : public LedgerStore {
 public:
  Node(MemoryLedgerStore& store, NodeId node, std::uint32_t partition_count) {
    for (std::uint32_t partition = 0; partition < partition_count; ++partition) {
      lanes_.push_back(std::make_unique<Lane>(store, node, partition));
    }
  }
  std::uint32_t partition_count() const override {
    return static_cast<std::uint32_t>(lanes_.size());
  }
  Ledger& partition(std::uint32_t partition) override { return *lanes_.at(partition); }

 private:
  std::vector<std::unique_ptr<Lane>> lanes_;
};

AppendPlan NoFaults(NodeId, std::uint32_t, std::string_view) { return {}; }

MemoryLedgerStore::MemoryLedgerStore(const ClusterId& cluster, std::uint32_t partition_count,
                                     FaultScript script)
    : script_(std::move(script)), logs_(partition_count), cuts_(partition_count) {
  for (std::uint32_t partition = 0; partition < partition_count; ++partition) {
    logs_[partition].push_back(GenesisRecord(cluster, partition, partition_count));
  }
}

std::unique_ptr<LedgerStore> MemoryLedgerStore::Open(NodeId node) {
  return std::make_unique<Node>(*this, node, static_cast<std::uint32_t>(logs_.size()));
}

void MemoryLedgerStore::SetScript(FaultScript script) {
  const std::lock_guard lock(mutex_);
  script_ = std::move(script);
}

void MemoryLedgerStore::Settle() {
  const std::lock_guard lock(mutex_);
  while (!on_way_.empty()) Arrive(*on_way_.extract(on_way_.begin()).mapped());
}

void MemoryLedgerStore::CutOff(std::uint32_t partition, Offset end) {
  const std::lock_guard lock(mutex_);
  DIALTONE_CHECK(end < logs_[partition].size(), "nothing to cut off");
  logs_[partition].resize(end);
  ++cuts_[partition];
}

void MemoryLedgerStore::LeaveGap(std::uint32_t partition) {
  const std::lock_guard lock(mutex_);
  logs_[partition].push_back(std::nullopt);
  arrived_.notify_all();
}

void MemoryLedgerStore::GoAway(NodeId node) {
  const std::lock_guard lock(mutex_);
  away_.insert(node);
}

void MemoryLedgerStore::ComeBack(NodeId node) {
  const std::lock_guard lock(mutex_);
  away_.erase(node);
}

std::uint32_t MemoryLedgerStore::Cuts(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  return cuts_[partition];
}

// What is reported as stored keeps its order within the lane; what is reported as failed may arrive
// behind later records.
void MemoryLedgerStore::Append(Lane& lane, std::string record, Cookie cookie) {
  const std::lock_guard lock(mutex_);
  auto parcel = std::make_shared<Parcel>();
  parcel->partition = lane.partition_;
  parcel->plan = script_(lane.node_, lane.partition_, record);
  parcel->record = std::move(record);
  parcel->cookie = cookie;
  lane.open_.push_back(parcel);

  const AppendPlan& plan = parcel->plan;
  std::uint64_t due = turn_ + plan.stored_after;
  if (plan.report == Report::kFailed) {
    parcel->reported = turn_ + plan.reported_after;
  } else {
    due = lane.last_due_ = std::max(lane.last_due_, due);
  }
  if (plan.report == Report::kFalseDuplicate) parcel->false_offset = lane.false_duplicates_++;
  for (std::uint32_t copy = 0; copy < std::max(plan.copies, 1u); ++copy) {
    Send(due + std::uint64_t{copy} * plan.stored_after, parcel);
  }
}

void MemoryLedgerStore::Send(std::uint64_t turn, std::shared_ptr<Parcel> parcel) {
  on_way_.emplace(Due{turn, sent_++}, std::move(parcel));
}

void MemoryLedgerStore::Turn() {
  ++turn_;
  while (!on_way_.empty() && on_way_.begin()->first.first <= turn_) {
    Arrive(*on_way_.extract(on_way_.begin()).mapped());
  }
}

// The place of the first copy is the one that is told. A false place is always before the true one.
void MemoryLedgerStore::Arrive(Parcel& parcel) {
  Log& log = logs_[parcel.partition];
  const Offset offset = log.size();
  const AppendPlan& plan = parcel.plan;
  if (plan.copies > 0) {
    log.push_back(parcel.record);
    arrived_.notify_all();
  }
  if (parcel.reported) return;

  parcel.reported = turn_ + plan.reported_after;
  switch (plan.report) {
    case Report::kTrue:
      if (plan.copies > 0) parcel.result = {AppendFate::kStored, offset};
      return;
    case Report::kUnknown:
      parcel.result = {AppendFate::kUnknown, 0};
      return;
    case Report::kFalseDuplicate:
      parcel.result = {AppendFate::kStored, parcel.false_offset % offset};
      return;
    case Report::kFailed:
      return;
  }
}

MemoryLedgerStore::Completions MemoryLedgerStore::Poll(Lane& lane, Duration wait) {
  const std::lock_guard lock(mutex_);
  Turn();
  // Nobody else need move for a report to come: turns are all that it waits for.
  while (wait > Duration() && !lane.open_.empty() && !lane.HasReport(turn_)) Turn();
  Completions completions;
  while (lane.HasReport(turn_)) {
    completions.emplace_back(lane.open_.front()->cookie, lane.Told(*lane.open_.front()));
    lane.open_.pop_front();
  }
  return completions;
}

ReadResult MemoryLedgerStore::Read(const Lane& lane, Offset from, std::size_t bytes_max,
                                   Duration wait) {
  std::unique_lock lock(mutex_);
  const Log& log = logs_[lane.partition_];
  if (wait > Duration()) {
    arrived_.wait_for(lock, std::chrono::microseconds(wait.micros()),
                      [&] { return log.size() > from; });
  }
  ReadResult result;
  result.next = from;
  if (away_.contains(lane.node_) && from < log.size()) return result;
  for (std::size_t bytes = 0; result.next < log.size(); ++result.next) {
    const std::optional<std::string>& record = log[result.next];
    if (!record) continue;
    if (!result.records.empty() && bytes + record->size() > bytes_max) break;
    bytes += record->size();
    result.records.push_back({result.next, *record});
  }
  result.at_end = result.next >= log.size();
  return result;
}

Offset MemoryLedgerStore::End(std::uint32_t partition) const {
  const std::lock_guard lock(mutex_);
  return logs_[partition].size();
}

namespace {

class Faults {
 public:
  Faults(std::uint64_t seed, const FaultRates& rates) : random_(seed), rates_(rates) {}

  AppendPlan operator()(NodeId, std::uint32_t, std::string_view) {
    std::uint64_t dice = random_() % 1'000;
    const auto falls_in = [&dice](std::uint32_t rate) {
      const bool hit = dice < rate;
      dice = hit ? 1'000 : dice - rate;
      return hit;
    };
    if (falls_in(rates_.lost)) return {0, 0, Report::kFailed, Turns()};
    if (falls_in(rates_.late)) return {1, Turns(), Report::kFailed, Turns()};
    if (falls_in(rates_.twice)) return {2, Turns(), Report::kTrue, 0};
    if (falls_in(rates_.unplaced)) return {1, 0, Report::kUnknown, Turns()};
    if (falls_in(rates_.false_duplicate)) return {Turns() % 2, 0, Report::kFalseDuplicate, 0};
    if (falls_in(rates_.slow)) return {1, Turns(), Report::kTrue, Turns()};
    return {};
  }

 private:
  std::uint32_t Turns() { return static_cast<std::uint32_t>(random_() % (rates_.turns_max + 1)); }

  std::mt19937_64 random_;
  FaultRates rates_;
};

}  // namespace

FaultScript RandomFaults(std::uint64_t seed, const FaultRates& rates) {
  DIALTONE_CHECK(
      rates.lost + rates.late + rates.twice + rates.unplaced + rates.false_duplicate + rates.slow <=
          1'000,
      "rates are of a thousand appends");
  return Faults(seed, rates);
}

}  // namespace dialtone::engine
