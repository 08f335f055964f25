// All partitions of one node, turned together: what their entries ask of each other, what they
// decide, what the ledger tells. Deterministic and without a thread: the loop turns it in a server,
// the simulation in tests.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/engine/runtime/owners.h"
#include "controlplane/engine/runtime/partition.h"

namespace dialtone::engine {

class Node {
 public:
  using NewMachine = std::function<std::unique_ptr<Machine>(std::uint32_t partition)>;

  // `store`, `rows`, `reactor` and `policy` outlive the node.
  Node(NodeOptions options, LedgerStore& store, RowStore& rows, const Reactor& reactor,
       const policy::Policy& policy, const NewMachine& new_machine);

  // Reads what a former run has left.
  tl::expected<void, LoadError> Load();
  // Where other nodes ask this one, as its claims will say. Before any partition is assigned.
  void SetAddress(std::string address);

  // To the partition of the command's aggregate.
  void Submit(Command command) {
    Partition& home = *partitions_[command.aggregate.PartitionOf(options_.partition_count)];
    home.Submit(std::move(command));
  }

  // One turn: true if anything happened, and so another may be worth while.
  bool Turn(Timestamp now);
  // The clock cannot be believed, and can again: see Partition.
  void Suspend();
  void Resume();
  // The node ends: whoever waits is told to ask again.
  void Abandon();
  // When to turn though nothing arrives.
  std::optional<Timestamp> NextWake() const;

  std::uint32_t partition_count() const { return options_.partition_count; }
  Partition& partition(std::uint32_t partition) { return *partitions_[partition]; }
  const Partition& partition(std::uint32_t partition) const { return *partitions_[partition]; }
  // Raised with every valid entry of any partition; whoever waits for it may raise it to stop
  // waiting.
  FeedSignal& signal() { return signal_; }
  // Who is to be asked for what is not owned here, as of the last turn.
  const Owners& owners() const { return owners_; }

 private:
  struct Told {
    Role role = Role::kFollower;
    std::uint64_t term = 0;
    bool open = false;
    friend bool operator==(const Told&, const Told&) = default;
  };

  bool ReadReactions(std::uint32_t source, Timestamp now);
  bool OwnsAny() const;
  bool HasStepsEnough() const;
  void OfferSteps(const FeedEntry& entry);
  void NoteNewOwners();
  void TellOwners();

  NodeOptions options_;  // every partition looks at them
  const Reactor& reactor_;
  FeedSignal signal_;
  Owners owners_;
  std::vector<std::unique_ptr<Partition>> partitions_;
  std::vector<Told> told_;                  // what `owners_` follows from
  std::vector<std::uint64_t> owned_term_;   // as of the last turn; 0: not owned here
  std::optional<Timestamp> read_again_at_;  // for an entry that could not be had
  std::vector<std::uint64_t>
      reacted_to_;  // by source: entries up to here were offered to all partitions owned here
};

}  // namespace dialtone::engine
