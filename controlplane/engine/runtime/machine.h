// The aggregates of one partition, in memory: found by key, changed by events, written as rows. It
// names no slice: the three questions that need one are answered by the server's machine, and in
// tests by a toy.
#pragma once

#include <absl/container/flat_hash_map.h>
#include <absl/functional/function_ref.h>

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/engine/runtime/command.h"
#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/position.h"

namespace dialtone::engine {

// A row as it goes to disk; null: erased.
struct RowChange {
  std::string key;
  std::optional<std::string> row;
};
using RowBatch = std::vector<RowChange>;

// Where rows are read back from; null if there is none.
using FindRow = absl::FunctionRef<std::optional<std::string>(std::string_view key)>;

class Machine {
 public:
  virtual ~Machine() = default;

  // As the fold has it; an empty one if nothing has happened to it.
  const Aggregate& Get(const AggregateKey& key) const;

  // Folds an outcome's events. Cannot fail; an event that this binary does not know ends the
  // process.
  void Evolve(const ledger::v1::Outcome& outcome, Moment at);

  // The earliest thing that is due in any aggregate.
  std::optional<Timestamp> NextDeadline() const;
  // The command for the thing that is due first. REQUIRES: NextDeadline() has a value.
  Command Due() const;

  // Adds the rows that were touched since the last call.
  void TakeTouched(RowBatch& rows);
  // Reads back rows that void entries had touched.
  void Reload(const RowBatch& touched, FindRow find);
  // Takes a stored row, while the partition is read from disk; Derive ends that.
  void Restore(std::string_view row_key, const std::string& row);
  void Derive();
  // Every row, in the order of its key: the same at the same position on every node.
  void ForEachRow(absl::FunctionRef<void(std::string_view key, std::string_view row)> visit) const;

 protected:
  // A new, empty aggregate of the key's kind.
  virtual std::unique_ptr<Aggregate> NewAggregate(const std::string& key) const = 0;
  virtual void EvolveEvent(Aggregate& aggregate, const Event& event, Moment at) = 0;
  // What the aggregate's first deadline asks for.
  virtual DecideFunction DueFunction(const AggregateKey& key, const Aggregate& aggregate) const = 0;

 private:
  struct Resident {
    std::unique_ptr<Aggregate> aggregate;
    std::optional<Timestamp> deadline;
    bool touched = false;
  };

  Resident& Find(const std::string& key);
  void NoteDeadline(const std::string& key, Resident& resident);

  absl::flat_hash_map<std::string, Resident> residents_;
  std::vector<std::string> touched_;  // keys of residents
  std::set<std::pair<Timestamp, std::string>> deadlines_;
  mutable absl::flat_hash_map<std::string, std::unique_ptr<Aggregate>>
      strangers_;  // by kind: what nothing happened to
};

}  // namespace dialtone::engine
