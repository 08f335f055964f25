// A view in memory: projects outcomes at once, and gives snapshots as the real one does. For tests
// of projections and queries; no thread, no disk, no ledger.
#pragma once

#include <absl/functional/function_ref.h>

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "projections/kernel/projection.h"
#include "projections/kernel/snapshot.h"

namespace dialtone::projections {

class MemoryRows final : public Snapshot::Rows {
 public:
  std::optional<std::string> Find(const std::string& stored_key) const override {
    const auto found = rows_.find(stored_key);
    return found == rows_.end() ? std::nullopt : std::optional(found->second);
  }
  void ForEach(const std::string& stored_prefix, const std::string& stored_from,
               absl::FunctionRef<Walk(std::string_view, std::string_view)> visit) const override {
    for (auto row = rows_.lower_bound(stored_from);
         row != rows_.end() && row->first.starts_with(stored_prefix); ++row) {
      if (visit(row->first, row->second) == Walk::kStop) return;
    }
  }
  void Take(const RowWriter::Changes& changes) {
    for (const auto& [key, row] : changes) {
      if (row) {
        rows_[key] = *row;
      } else {
        rows_.erase(key);
      }
    }
  }

 private:
  std::map<std::string, std::string> rows_;
};

class MemoryView {
 public:
  explicit MemoryView(const Projection& projection) : projection_(projection) {}

  // What the projection says that it does not know; none: the outcome is in.
  std::optional<std::string> Project(const ledger::v1::Outcome& outcome, Moment at) {
    RowWriter writer(rows_);
    projection_.Project(outcome, at, writer);
    if (writer.unknown()) return writer.unknown();
    rows_.Take(writer.changes());
    positions_.resize(std::max<std::size_t>(positions_.size(), at.position.partition + 1));
    positions_[at.position.partition] = at.position.index;
    return std::nullopt;
  }
  Snapshot TakeSnapshot() const {
    return Snapshot(std::make_shared<MemoryRows>(rows_), std::string(16, 'c'), positions_);
  }

 private:
  const Projection& projection_;
  MemoryRows rows_;
  Positions positions_;
};

}  // namespace dialtone::projections
