// A small ledger of one partition with a bit of every slice: how it is played by the real domain,
// kept in contoso_ledger.txt, and folded again by whichever program comes later.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/engine/runtime/node.h"
#include "controlplane/engine/runtime/row_store.h"

namespace dialtone::golden {

inline constexpr char kLedgerFile[] = "contoso_ledger.txt";

// The bytes of a partition's records, from the genesis record on.
using Records = std::vector<std::string>;

// The whole of a ledger of one partition, over the records of which a node may be asked.
class OnePartition {
 public:
  // With these records; without any, with the genesis record alone.
  explicit OnePartition(const Records& records = {});

  engine::Node& node() { return *node_; }
  const engine::Partition& partition() const { return node_->partition(0); }
  Records records() const;
  // The content of the fold, as hexadecimal.
  std::string Digest() const;
  // Everything that is to be done at this time.
  void Settle(Timestamp now);

 private:
  engine::MemoryLedgerStore log_;
  std::unique_ptr<engine::LedgerStore> store_;
  engine::MemoryRowStore rows_;
  std::unique_ptr<engine::Node> node_;
};

// Plays the script: an organization from its first licence to its first number in use.
Records PlayContoso();

Records ReadLedger();
// With a comment on each record, and what they add up to.
void WriteLedger(const Records& records);

}  // namespace dialtone::golden
