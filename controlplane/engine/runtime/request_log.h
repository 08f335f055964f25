// Which requests a partition has taken in: part of the fold, so that a repeat meets its first
// answer on any owner, after any crash. ledger-protocol.md section 5.
#pragma once

#include <absl/container/flat_hash_map.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/kernel/table.h"
#include "controlplane/kernel/timestamp.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

// A request id within its aggregate.
struct RequestKey {
  std::array<char, 16> id{};
  std::uint64_t aggregate_hash = 0;

  RequestKey() = default;
  // REQUIRES: an id of 16 bytes.
  RequestKey(std::string_view request_id, std::uint64_t hash);
  std::string_view bytes() const { return {id.data(), id.size()}; }

  friend auto operator<=>(const RequestKey&, const RequestKey&) = default;
  template <class H>
  friend H AbslHashValue(H h, const RequestKey& key) {
    return H::combine(std::move(h), key.bytes(), key.aggregate_hash);
  }
};

// When a UUIDv7 was minted: its first 48 bits, in milliseconds.
Timestamp IssueTime(std::string_view request_id);

class RequestLog : public AnyTable {
 public:
  static constexpr std::size_t kCapacity = std::size_t{1}
                                           << 20U;       // a million commands of the partition …
  static constexpr Duration kAge = Duration::Hours(24);  // … or a day, whichever ends first
  static constexpr Duration kSkew = Duration::Seconds(10);  // of the callers' clocks

  struct Entry {
    RequestKey key;
    std::string body_hash;
    Timestamp came_in;
    std::uint64_t answered_index = 0;  // 0: open
  };

  explicit RequestLog(std::size_t capacity = kCapacity) : capacity_(capacity) {}

  // Null if it was never taken in, or was dropped.
  const Entry* Find(const RequestKey& key) const;
  // An unknown id issued before this may have been dropped: it is refused, never run.
  Timestamp floor() const { return floor_; }

  // Folds a request that was taken in at ledger time `at`; drops what is beyond capacity or age,
  // and raises the floor.
  void Take(const RequestKey& key, const ledger::v1::Request& request, Timestamp at);
  // Folds an answer. One for an id that is not known is for a request that no client asked.
  void Answered(const RequestKey& key, std::uint64_t index);

  // How many were ever taken in. With the floor, kept by the fold's own row.
  std::uint64_t taken() const { return next_; }
  void RestoreCounts(Timestamp floor, std::uint64_t taken) {
    floor_ = floor;
    next_ = taken;
  }

  void DrainTouched(VisitTouched visit) override;
  void Restore(std::string_view key, const std::string* row) override;
  void ForEachRow(Visit visit) const override;

 private:
  using Sequence = std::uint64_t;

  void DropOld(Timestamp now);

  std::size_t capacity_;
  std::map<Sequence, Entry> entries_;  // by the order in which they came in
  absl::flat_hash_map<RequestKey, Sequence> by_key_;
  Sequence next_ = 0;
  Timestamp floor_;
  std::vector<Sequence> touched_;
};

}  // namespace dialtone::engine
