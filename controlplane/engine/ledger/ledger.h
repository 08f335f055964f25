// A partition's log: appends in order, keeps everything, reads back. What its records mean is not
// its business: the filter decides which of them count (filter.h). Three implementations pass one
// conformance suite (tests/conformance): embedded (RocksDB), in-memory with scripted faults, Kafka.
#pragma once

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::engine {

// Where a record stands in one partition's log. Grows, may have gaps, and stays inside the engine:
// what others see is a Position. 0 is the first record's.
using Offset = std::uint64_t;
using Cookie = std::uint64_t;  // the appender's name for a record of its own

// What became of an append.
enum class AppendFate : std::uint8_t {
  kStored,   // at `offset`
  kUnknown,  // acknowledged, but the place is not known, or was told wrongly: read back
  kFailed,   // not acknowledged in time, refused, or acknowledged at a place nobody can check: may
             // be stored all the same, now or later
};

struct AppendResult {
  AppendFate fate = AppendFate::kFailed;
  Offset offset = 0;
};

struct StoredRecord {
  Offset offset = 0;
  std::string bytes;
};

struct ReadResult {
  std::vector<StoredRecord> records;  // in the order of their offsets
  Offset next = 0;                    // where to go on
  bool at_end = false;                // nothing stood behind the last one when it was read
};

// REQUIRES: one thread at a time calls Append and Poll. Read may be called by any thread at any
// time.
class Ledger {
 public:
  virtual ~Ledger() = default;

  // Takes a record to be stored behind all that this appender gave before. Never blocks; each call
  // leads to exactly one completion, whatever happens.
  virtual void Append(std::string record, Cookie cookie) = 0;

  // Does what is due, hands over completions in the order of the appends, and returns; waits for
  // the first of them up to `wait`. With Kafka, a place that can be none, and a producer that died,
  // have the brokers asked, for a second at most. With the embedded ledger this is where the
  // synchronous write happens, one for all partitions of the store.
  virtual void Poll(Duration wait,
                    absl::FunctionRef<void(Cookie, const AppendResult&)> completed) = 0;

  // Records from `from` on, about `bytes_max` in all, at least one if one is there or comes within
  // `wait`; without a wait it never blocks. Empty and not at the end: there is one, which cannot be
  // had now, perhaps because brokers are away; ask again.
  virtual ReadResult Read(Offset from, std::size_t bytes_max, Duration wait) const = 0;

  // The offset behind the last record that is stored now.
  virtual Offset End() const = 0;

  // Why this is not the log any more that it was when it was opened: shorter, or another. Empty:
  // nothing is known against it. What was told once stays.
  virtual std::string Damage() const = 0;
};

// All partitions of one ledger.
class LedgerStore {
 public:
  virtual ~LedgerStore() = default;
  virtual std::uint32_t partition_count() const = 0;
  virtual Ledger& partition(std::uint32_t partition) = 0;  // lives as long as the store
};

}  // namespace dialtone::engine
