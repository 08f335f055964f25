#include "controlplane/engine/runtime/machine.h"

#include <algorithm>

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

// A row's key on disk: the aggregate's, a zero byte, the table's two numbers, the row's own.
std::string RowPrefix(std::string_view aggregate, TableId table) {
  std::string key(aggregate);
  key += '\0';
  key += static_cast<char>(table.slice);
  key += static_cast<char>(table.table);
  return key;
}

struct SplitKey {
  std::string aggregate;
  TableId table;
  std::string_view row;
};

SplitKey Split(std::string_view key) {
  const std::size_t end = key.find('\0');
  DIALTONE_CHECK(end != std::string_view::npos && key.size() >= end + 3,
                 "no row key: " + ToHex(key));
  return {std::string(key.substr(0, end)),
          {static_cast<std::uint8_t>(key[end + 1]), static_cast<std::uint8_t>(key[end + 2])},
          key.substr(end + 3)};
}

std::string KindOf(const std::string& key) { return key.substr(0, key.find('/')); }

AnyTable& TableOf(Aggregate& aggregate, TableId wanted) {
  AnyTable* found = nullptr;
  aggregate.ForEachTable([&](TableId id, AnyTable& table) {
    if (id == wanted) found = &table;
  });
  DIALTONE_CHECK(found != nullptr, "a row of table " + std::to_string(wanted.slice) + "." +
                                       std::to_string(wanted.table) +
                                       ", which this binary does not know");
  return *found;
}

}  // namespace

const Aggregate& Machine::Get(const AggregateKey& key) const {
  const auto found = residents_.find(key.text());
  if (found != residents_.end()) return *found->second.aggregate;
  auto& stranger = strangers_[KindOf(key.text())];
  if (stranger == nullptr) stranger = NewAggregate(key.text());
  return *stranger;
}

Machine::Resident& Machine::Find(const std::string& key) {
  auto [found, is_new] = residents_.try_emplace(key);
  if (is_new) found->second.aggregate = NewAggregate(key);
  return found->second;
}

void Machine::NoteDeadline(const std::string& key, Resident& resident) {
  const auto next = resident.aggregate->NextDeadline();
  if (next == resident.deadline) return;
  if (resident.deadline) deadlines_.erase({*resident.deadline, key});
  if (next) deadlines_.emplace(*next, key);
  resident.deadline = next;
}

void Machine::Evolve(const ledger::v1::Outcome& outcome, Moment at) {
  if (outcome.events().empty()) return;
  Resident& resident = Find(outcome.aggregate());
  if (!std::exchange(resident.touched, true)) touched_.push_back(outcome.aggregate());
  for (const Event& event : outcome.events()) EvolveEvent(*resident.aggregate, event, at);
  NoteDeadline(outcome.aggregate(), resident);
}

std::optional<Timestamp> Machine::NextDeadline() const {
  if (deadlines_.empty()) return std::nullopt;
  return deadlines_.begin()->first;
}

Command Machine::Due() const {
  AggregateKey key(deadlines_.begin()->second);
  DecideFunction function = DueFunction(key, Get(key));
  return {std::move(key), std::move(function)};
}

void Machine::TakeTouched(RowBatch& rows) {
  for (const std::string& key : touched_) {
    Resident& resident = residents_.at(key);
    resident.touched = false;
    resident.aggregate->ForEachTable([&](TableId id, AnyTable& table) {
      table.DrainTouched([&](std::string_view row_key, const std::string* row) {
        rows.push_back({RowPrefix(key, id).append(row_key),
                        row == nullptr ? std::nullopt : std::optional(*row)});
      });
    });
  }
  touched_.clear();
}

void Machine::Reload(const RowBatch& touched, FindRow find) {
  std::vector<std::string> keys;
  for (const RowChange& change : touched) {
    const SplitKey key = Split(change.key);
    Resident& resident = Find(key.aggregate);
    const std::optional<std::string> row = find(change.key);
    TableOf(*resident.aggregate, key.table).Restore(key.row, row ? &*row : nullptr);
    keys.push_back(key.aggregate);
  }
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  for (const std::string& key : keys) {
    Resident& resident = residents_.at(key);
    resident.aggregate->Derive();
    NoteDeadline(key, resident);
  }
}

void Machine::Restore(std::string_view row_key, const std::string& row) {
  const SplitKey key = Split(row_key);
  Resident& resident = Find(key.aggregate);
  TableOf(*resident.aggregate, key.table).Restore(key.row, &row);
}

void Machine::Derive() {
  for (auto& [key, resident] : residents_) {
    resident.aggregate->Derive();
    NoteDeadline(key, resident);
  }
}

void Machine::ForEachRow(absl::FunctionRef<void(std::string_view, std::string_view)> visit) const {
  std::vector<std::string> keys;
  keys.reserve(residents_.size());
  for (const auto& [key, resident] : residents_) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  for (const std::string& key : keys) {
    residents_.at(key).aggregate->ForEachTable([&](TableId id, AnyTable& table) {
      const std::string prefix = RowPrefix(key, id);
      table.ForEachRow([&](std::string_view row_key, std::string_view row) {
        visit(std::string(prefix).append(row_key), row);
      });
    });
  }
}

}  // namespace dialtone::engine
