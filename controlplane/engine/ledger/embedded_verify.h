// Reads an embedded ledger's RocksDB as it lies on disk, and says what is wrong with it.
#pragma once

#include <absl/functional/function_ref.h>
#include <rocksdb/db.h>

#include <cstdint>
#include <optional>

#include "controlplane/engine/ledger/embedded_format.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/engine/ledger/record.h"

namespace dialtone::engine {

// The record of a key, if the seal of its value is right.
LedgerExpected<std::string_view> Unseal(const RecordPlace& place, std::string_view key,
                                        std::string_view value);

// What the genesis record of a partition says: must be of this partition, of this many, and of this
// cluster if it is known.
LedgerExpected<ClusterId> CheckGenesis(rocksdb::DB& db, std::uint32_t partition,
                                       std::uint32_t partition_count,
                                       const std::optional<ClusterId>& cluster);

// The last record of a partition: must be where its tail key says, and not before what was
// acknowledged, if that is known.
LedgerExpected<Tail> CheckEnd(rocksdb::DB& db, std::uint32_t partition,
                              const std::optional<Tail>& acknowledged);

// Every record of a partition up to `end`, in its order; `each` is called once a record.
LedgerExpected<void> CheckRecords(rocksdb::DB& db, std::uint32_t partition,
                                  std::uint32_t partition_count, const ClusterId& cluster,
                                  Offset end, absl::FunctionRef<void()> each);

// Keys that no ledger writes.
LedgerExpected<void> CheckKeys(rocksdb::DB& db, std::uint32_t partition_count);

}  // namespace dialtone::engine
