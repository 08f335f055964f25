// The newest records of a partition, without holes.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

// As a consumer hands them over, or as this node appended them, and nothing that has a hole: a
// consumer goes on behind what it could not read, after an error or without one, and a stranger's
// record may stand between two appends.
class KafkaWindow {
 public:
  explicit KafkaWindow(Offset from) : begin_(from), next_(from) {}

  // Offsets between the last record and this one may hold records: whoever wants them reads back.
  void Take(StoredRecord record);
  // The log ends there now.
  void TakeEnd(Offset end);

  bool Has(Offset from) const { return from >= begin_; }  // all records from there on
  // None if it has not.
  std::optional<ReadResult> Read(Offset from, std::size_t bytes_max) const;
  Offset next() const { return next_; }  // where it goes on

 private:
  void GoOnFrom(Offset offset);

  std::deque<StoredRecord> records_;
  std::size_t bytes_ = 0;
  Offset begin_;  // all records from here
  Offset next_;   // up to here
};

}  // namespace dialtone::engine
