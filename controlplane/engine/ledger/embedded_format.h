// How the embedded ledger lays a partition's records into RocksDB. Frozen like the records
// themselves.
//
//   key of a record    partition (4 bytes, big-endian) ‖ offset (8 bytes, big-endian)
//   its value          seal (8 bytes) ‖ the record's bytes
//   key of a tail      0xffffffff ‖ partition (4 bytes, big-endian)
//   its value          offset of the partition's last record (8 bytes, big-endian) ‖ that record's
//   digest (32 bytes)
//
// The digest of a record is SHA-256 of its key and its bytes, the seal is how it begins: so a
// record that was changed, or stands in another's place, is known by itself, also where no record
// behind it names its hash.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/kernel/digest.h"

namespace dialtone::engine {

inline constexpr std::size_t kSealBytes = 8;
inline constexpr std::uint32_t kPartitionsMax = 4'096;

std::string RecordKey(const RecordPlace& place);
std::optional<RecordPlace> ParseRecordKey(std::string_view key);

Digest RecordDigest(std::string_view key, std::string_view record);
std::string_view SealOf(const Digest& digest);

// The last record of a partition.
struct Tail {
  Offset offset = 0;
  Digest digest{};
  friend bool operator==(const Tail&, const Tail&) = default;
};
inline constexpr std::size_t kTailBytes = 40;
std::string TailKey(std::uint32_t partition);
std::string TailValue(const Tail& tail);
std::optional<Tail> ParseTail(std::string_view value);

}  // namespace dialtone::engine
