// The bytes of a ledger's records: made here, and read back here. What a record means where it
// stands is the filter's business (filter.h). The format is documented in
// protos/dialtone/ledger/v1/record.proto, and frozen.
#pragma once

#include <absl/functional/function_ref.h>

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

#include "dialtone/ledger/v1/record.pb.h"

namespace dialtone::engine {

// The largest record that a log takes, and what of it may be the batch: the envelope around it
// stays below 128 bytes.
inline constexpr std::size_t kEntryBytesMax = 256 * 1024;
inline constexpr std::size_t kBatchBytesMax = kEntryBytesMax - 128;

inline constexpr std::string_view kHashFunction = "sha256-64";  // PartitionOf in kernel/digest.h
inline constexpr std::uint32_t kFormatVersion = 1;

using RandomBits = absl::FunctionRef<std::uint64_t()>;  // 64 fresh random bits a call

// 16 random bytes that nobody else has.
template <class Tag>
class RandomId {
 public:
  static constexpr std::size_t kSize = 16;

  constexpr RandomId() = default;  // all zero: nobody's
  static RandomId New(RandomBits random);
  // REQUIRES: bytes.size() == kSize.
  static RandomId FromBytes(std::string_view bytes);

  std::string_view bytes() const { return {bytes_.data(), bytes_.size()}; }
  friend constexpr auto operator<=>(const RandomId&, const RandomId&) = default;

 private:
  std::array<char, kSize> bytes_{};
};

using ClusterId = RandomId<struct ClusterTag>;
using Writer = RandomId<struct WriterTag>;  // one attempt to become a partition's owner

inline Writer NewWriter(RandomBits random) { return Writer::New(random); }

std::string GenesisRecord(const ClusterId& cluster, std::uint32_t partition,
                          std::uint32_t partition_count);
std::string ClaimRecord(ledger::v1::Claim claim);
// REQUIRES: entry.batch().size() <= kBatchBytesMax.
std::string EntryRecord(ledger::v1::Entry entry);

// A record that no maker above can have made, and in which way.
struct Malformed {
  std::string what;
};

// The record, with one of its kinds set and all ids and hashes of their length. The batch stays
// unparsed.
tl::expected<ledger::v1::Record, Malformed> ParseRecord(std::string_view bytes);

}  // namespace dialtone::engine
