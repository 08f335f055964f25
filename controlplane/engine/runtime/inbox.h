// The last cause of every other partition that this one has taken in: part of the fold, so that
// each cause counts once, whoever owns the partition and however often it is read.
// ledger-protocol.md section 6.
#pragma once

#include <compare>
#include <cstdint>

#include "controlplane/kernel/table.h"
#include "dialtone/ledger/v1/fold.pb.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

// How far another partition's entries are taken in: all of those before `index`, and of that one
// the steps up to `step`.
struct InboxPosition {
  std::uint64_t index = 0;
  std::uint32_t step = 0;
  friend constexpr auto operator<=>(const InboxPosition&, const InboxPosition&) = default;
};

class Inbox {
 public:
  static constexpr std::uint32_t kWholeEntry = UINT32_MAX;

  InboxPosition At(std::uint32_t partition) const {
    const ledger::v1::InboxRow* const row = rows_.Find(partition);
    return row == nullptr ? InboxPosition{0, kWholeEntry}
                          : InboxPosition{row->index(), row->step()};
  }
  bool Has(const ledger::v1::Cause& cause) const {
    return InboxPosition{cause.index(), cause.step()} <= At(cause.partition());
  }
  // Folds a cause that was taken in, or progress past entries that asked nothing.
  void Take(const ledger::v1::Cause& cause) {
    Move(cause.partition(), {cause.index(), cause.step()});
  }
  void Take(const ledger::v1::InboxProgress& progress) {
    Move(progress.partition(), {progress.index(), kWholeEntry});
  }

  AnyTable& table() { return rows_; }
  const AnyTable& table() const { return rows_; }

 private:
  void Move(std::uint64_t partition, InboxPosition to) {
    ledger::v1::InboxRow& row = rows_.Put(partition);
    row.set_index(to.index);
    row.set_step(to.step);
  }

  Table<std::uint64_t, ledger::v1::InboxRow> rows_;
};

}  // namespace dialtone::engine
