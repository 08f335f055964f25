// An embedded ledger on disk as an owner would have left it, and ways to look at it and to harm it.
#pragma once

#include <rocksdb/db.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/embedded_format.h"
#include "controlplane/engine/ledger/embedded_ledger.h"

namespace dialtone::engine {

using StorePtr = std::unique_ptr<EmbeddedLedgerStore>;

inline constexpr std::uint32_t kPartitions = 4;

LedgerExpected<StorePtr> OpenStore(const std::filesystem::path& folder);
// As the server starts: opened, and read from end to end.
LedgerExpected<StorePtr> Start(const std::filesystem::path& folder);

// Claims each partition and appends so many entries, a few at a time.
void Grow(EmbeddedLedgerStore& store, int entries);

// All records, by partition.
using Contents = std::vector<std::vector<std::string>>;
Contents ContentsOf(EmbeddedLedgerStore& store);

// The RocksDB below, past the store.
std::unique_ptr<rocksdb::DB> OpenRaw(const std::filesystem::path& folder);
std::string SealedValue(const RecordPlace& place, std::string_view record);

std::string ReadFile(const std::filesystem::path& path);
void WriteFile(const std::filesystem::path& path, const std::string& bytes);

}  // namespace dialtone::engine
