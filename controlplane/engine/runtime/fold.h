// All that a partition's entries add up to: the aggregates, the requests, the inbox, the time. One
// way in: Take, the same for what was just decided and for what is replayed.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "controlplane/engine/runtime/inbox.h"
#include "controlplane/engine/runtime/machine.h"
#include "controlplane/engine/runtime/request_log.h"
#include "controlplane/kernel/digest.h"
#include "dialtone/ledger/v1/fold.pb.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

// A node keeps rows of its own beside the fold's: their keys begin with a byte that the fold's
// never begin with.
inline constexpr char kNodeRow = '\x02';
inline bool IsFoldRow(std::string_view key) { return key.front() != kNodeRow; }

class Fold {
 public:
  Fold(std::uint32_t partition, std::unique_ptr<Machine> machine,
       std::size_t requests_max = RequestLog::kCapacity);

  const Machine& machine() const { return *machine_; }
  const RequestLog& requests() const { return requests_; }
  const Inbox& inbox() const { return inbox_; }
  // Ledger time of the last entry.
  Timestamp time() const { return Timestamp::Micros(head_.get().time_micros()); }

  // Takes one outcome of the entry at `at`.
  void Take(const ledger::v1::Outcome& outcome, Moment at);
  // The same, for who has the hash of its aggregate's key.
  void Take(const ledger::v1::Outcome& outcome, Moment at, std::uint64_t aggregate_hash);
  void Take(const ledger::v1::InboxProgress& progress) { inbox_.Take(progress); }
  // The entry ends: its time is ledger time, whatever it holds.
  void NoteTime(Timestamp time);
  // Takes a whole entry.
  void Take(const ledger::v1::Batch& batch, Moment at);

  // The rows that were touched since the last call, as they are now.
  RowBatch TakeTouched();
  // Reads back what void entries had touched.
  void Reload(const RowBatch& touched, FindRow find);
  // Takes a stored row at start; Derive ends that.
  void Restore(std::string_view key, const std::string& row);
  void Derive() { machine_->Derive(); }

  // Over every row in order: equal at equal positions, on every node, whichever way it was reached.
  Digest ContentDigest() const;

 private:
  AnyTable& OwnTable(char id);
  void RestoreOwn(std::string_view key, const std::string* row);

  std::uint32_t partition_;
  std::unique_ptr<Machine> machine_;
  RequestLog requests_;
  Inbox inbox_;
  Single<ledger::v1::FoldRow> head_;
};

}  // namespace dialtone::engine
