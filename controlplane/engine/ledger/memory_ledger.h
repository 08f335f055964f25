// A ledger in memory that several nodes append to, and that goes wrong as a script tells: what
// Kafka and a network can do to an append, in every order, repeatable from a seed. Nothing happens
// behind the caller's back: each Poll, of whichever node, is one turn of the store, and what is due
// by then arrives.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/record.h"

namespace dialtone::engine {

// What the appender hears, some turns after the record arrived.
enum class Report : std::uint8_t {
  kTrue,            // stored, at its offset
  kUnknown,         // acknowledged without a place
  kFalseDuplicate,  // "stored" at 0, 1, …: what librdkafka says after a duplicate sequence number
  kFailed,          // failed, whatever the record does: heard without waiting for it
};

// What becomes of one append.
struct AppendPlan {
  std::uint32_t copies = 1;          // 0: lost on the way; 2: sent again, and stored twice
  std::uint32_t stored_after = 0;    // turns; a second copy comes as many turns later again
  Report report = Report::kTrue;     // a lost record's kTrue is kFailed
  std::uint32_t reported_after = 0;  // turns
};

using NodeId = std::uint32_t;
// Asked once for each append, in their order; must not call the store.
using FaultScript = std::function<AppendPlan(NodeId, std::uint32_t partition, std::string_view)>;

AppendPlan NoFaults(NodeId node, std::uint32_t partition, std::string_view record);

// Of a thousand appends, how many go wrong in which way; at most 1,000 together.
struct FaultRates {
  std::uint32_t lost = 0;
  std::uint32_t late = 0;  // reported as failed, stored up to `turns_max` later
  std::uint32_t twice = 0;
  std::uint32_t unplaced = 0;         // acknowledged without a place
  std::uint32_t false_duplicate = 0;  // half of them stored
  std::uint32_t slow = 0;  // stored and reported up to `turns_max` later: nodes overtake each other
  std::uint32_t turns_max = 8;
};
// The same seed gives the same faults, on every machine.
FaultScript RandomFaults(std::uint64_t seed, const FaultRates& rates);

// May be used by several threads; by one, it is deterministic.
class MemoryLedgerStore {
 public:
  // Every partition begins with its genesis record.
  MemoryLedgerStore(const ClusterId& cluster, std::uint32_t partition_count,
                    FaultScript script = NoFaults);

  // The ledger as `node` sees it. To destroy it is the node's crash: nobody hears what became of
  // its appends, yet those on the way still arrive. REQUIRES: does not outlive the store.
  std::unique_ptr<LedgerStore> Open(NodeId node);

  void SetScript(FaultScript script);
  // Whatever is on the way arrives now; reports stay due when they were.
  void Settle();
  // The log loses its records from `end` on, as when all replicas lose power together; nodes that
  // are open hear of damage.
  void CutOff(std::uint32_t partition, Offset end);
  // The log takes an offset for itself, as Kafka's does for the end of a transaction: no record is
  // there.
  void LeaveGap(std::uint32_t partition);
  // Until it comes back, the node can read nothing; its appends go on.
  void GoAway(NodeId node);
  void ComeBack(NodeId node);

 private:
  class Node;
  class Lane;
  struct Parcel;
  using Due =
      std::pair<std::uint64_t, std::uint64_t>;  // turn, and the order in which they were sent
  using Completions = std::vector<std::pair<Cookie, AppendResult>>;

  void Append(Lane& lane, std::string record, Cookie cookie);
  Completions Poll(Lane& lane, Duration wait);
  ReadResult Read(const Lane& lane, Offset from, std::size_t bytes_max, Duration wait);
  Offset End(std::uint32_t partition) const;
  std::uint32_t Cuts(std::uint32_t partition) const;

  void Send(std::uint64_t turn, std::shared_ptr<Parcel> parcel);
  void Turn();
  void Arrive(Parcel& parcel);

  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  FaultScript script_;
  std::set<NodeId> away_;
  using Log = std::vector<std::optional<std::string>>;  // by offset; none: no record is there
  std::vector<Log> logs_;                               // by partition
  std::vector<std::uint32_t> cuts_;                     // by partition: how often it was cut off
  std::map<Due, std::shared_ptr<Parcel>> on_way_;       // what will arrive, in its order
  std::uint64_t turn_ = 0;
  std::uint64_t sent_ = 0;
};

}  // namespace dialtone::engine
