// One partition on one node: follows its log, claims it when it should, decides while it owns it.
// All in the loop's thread, without a clock, a thread or a sleep of its own: the simulation drives
// it as the loop does. ledger-protocol.md sections 3, 4, 6 and 7.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/record.h"
#include "controlplane/engine/runtime/ack_tracker.h"
#include "controlplane/engine/runtime/command.h"
#include "controlplane/engine/runtime/feed.h"
#include "controlplane/engine/runtime/fold.h"
#include "controlplane/engine/runtime/reactor.h"
#include "controlplane/engine/runtime/row_store.h"
#include "dialtone/ledger/v1/checkpoint.pb.h"

namespace dialtone::engine {

enum class Role : std::uint8_t {
  kFollower,   // folds what others append
  kCandidate,  // has appended a claim, and waits to see whether it counts
  kOwner,      // decides
  kSuspect,    // was the owner, does not know what became of its last entries, and claims again to
               // find out
  kStopped,    // has met something that this program must not pass over
};

// What all partitions of a node share.
struct NodeOptions {
  std::uint32_t partition_count = 1;
  std::uint32_t level = 0;
  std::string address;
  std::string policy_digest;
  std::optional<ClusterId> cluster;
  std::size_t requests_max = RequestLog::kCapacity;
  std::size_t in_flight_max = 4;               // entries
  std::size_t queue_max = 65'536;              // commands waiting to be decided
  Duration claim_wait = Duration::Seconds(1);  // for the old owner's closing entry
  std::function<std::uint64_t()> random;
};

struct Collaborators {
  Ledger& ledger;
  RowStore& rows;
  const Reactor& reactor;
  const policy::Policy& policy;
  FeedSignal& signal;
};

// Why a partition cannot go on from its rows.
struct LoadError {
  enum class Of : std::uint8_t {
    kRows,    // they are not as they were written
    kLedger,  // it cannot be read now, and may be sound
  };
  Of of = Of::kRows;
  std::string what;
};

class Partition {
 public:
  Partition(std::uint32_t partition, const NodeOptions& options, const Collaborators& with,
            std::unique_ptr<Machine> machine);

  // Reads the rows that a former run has left; those of another level are dropped, and made again
  // from the ledger. A ledger that does not hold what they were folded from stops the partition.
  tl::expected<void, LoadError> Load();

  Role role() const { return role_; }
  const std::string& stop_reason() const { return stop_reason_; }
  std::uint64_t term() const { return filter_.term(); }
  // Records of the log that this node knows of, and has not taken in.
  const Filter& filter() const { return filter_; }
  const Feed& feed() const { return feed_; }
  const Fold& fold() const { return fold_; }
  std::size_t queued() const { return clients_.size(); }
  std::size_t steps_queued() const { return steps_.size(); }
  std::size_t waiting() const { return acks_.waiting(); }
  // Entries that were appended and are not known to be valid.
  std::size_t in_flight() const { return in_flight_.size(); }
  // Everything before this offset is taken in.
  Offset read_to() const { return next_offset_; }
  // Offsets from there to the log's end, as far as that is known here.
  Offset behind() const { return std::max(with_.ledger.End(), next_offset_) - next_offset_; }
  // This node should own it, as it was told last.
  bool assigned() const { return assigned_; }
  // How long the ledger had been silent, by this node's clock, when it was claimed here last.
  Duration silence() const { return silence_; }
  // What stands between this node and a claim: its clock is so far behind the ledger. Zero:
  // nothing.
  Duration ClockBehind(Timestamp now) const;

  // This node should own the partition: so says a consumer group, or the lock on the data
  // directory.
  void Assign(Timestamp now);
  // It should not, or no longer: it claims no more, and stays the owner until another claims.
  void Unassign();
  // The same, and ends ownership with a closing entry, once what is in flight is settled.
  void Leave();
  // The node's clock cannot be believed: as Leave, and whoever asks is told why, until Resume.
  void Suspend();
  void Resume() { suspended_ = false; }
  // The node ends: whoever waits is told to ask again.
  void Abandon();

  // A client's command. Refused at once when the partition is not owned here, or the queue is full.
  void Submit(Command command);
  // A step that another partition's entry asks for, in the order of its causes; known ones are
  // dropped.
  void Offer(ledger::v1::Cause cause, Command command);
  // The other partition was read up to this entry.
  void NoteRead(std::uint32_t partition, std::uint64_t index) { read_[partition] = index; }
  // How far another partition's steps are taken in, or wait to be.
  InboxPosition Offered(std::uint32_t partition) const { return offered_[partition]; }

  // Takes what the ledger has to tell, and does what the role asks for. True if anything changed.
  bool Advance(Timestamp now);
  // Decides what waits, and appends it. True if anything was decided.
  bool Decide(Timestamp now);
  // When there is something to do though nothing arrives; none: never.
  std::optional<Timestamp> NextWake() const;

 private:
  struct Head {  // the last entry, valid or not
    std::uint64_t index = 0;
    Digest hash{};
  };
  struct InFlight {
    Cookie cookie = 0;
    Digest hash{};
    FeedEntry entry;
    RowBatch rows;
    bool closing = false;
    std::optional<AppendFate> told;  // what the ledger has said, if that did not settle it
  };
  struct ClaimInFlight {
    Cookie cookie = 0;
    Writer writer;
    std::string record;
    std::optional<Offset>
        barrier;  // all up to here must be applied before the claim is judged; none: no answer yet
    bool failed = false;  // perhaps stored later all the same: of a writer that nobody is any more
  };
  struct OpenEntry {
    Moment at;
    IdSource ids;
    std::shared_ptr<ledger::v1::Batch> batch;
    std::size_t bytes = 0;
    // What was decided and is not appended, such as a dry run, is work of the entry all the same.
    std::size_t bytes_in_vain = 0;
    int decided_in_vain = 0;
    bool full = false;  // what comes next does not fit
    bool has_reactions = false;
    bool closing = false;
  };

  // partition.cc: the log.
  void Completed(Cookie cookie, const AppendResult& result);
  void ClaimCompleted(const AppendResult& result);
  bool StandsNext(const AppendResult& result) const;
  bool MustRead();
  bool HasHole() const;
  bool ReadForward();
  void TakeRecord(const StoredRecord& stored);
  void TakeClaim(const ledger::v1::Claim& claim);
  void TakeEntry(const ledger::v1::Entry& entry, const StoredRecord& stored);
  void CommitFront(Offset offset);
  tl::expected<std::optional<ledger::v1::Checkpoint>, std::string> FindCheckpoint();
  tl::expected<void, LoadError> CheckLastRead();
  bool StopIfDamaged();
  void DropRows();
  void WriteRows(RowBatch rows, bool new_segment);
  void Publish(FeedEntry entry, RowBatch rows, Offset offset);
  void RollBack();
  void Claim(Role role);
  void JudgeClaim(Timestamp now);
  void ClaimAgainLater(Timestamp now);
  void BecomeSuspect(Timestamp now);
  void EndTenure();
  bool HasBackedOff() const;
  std::optional<Timestamp> NextDuty() const;
  void GiveUp();
  bool MayOwn() const { return assigned_ && !suspended_; }
  bool MayClaim(Timestamp now) const;
  void BecomeOwner();
  void BecomeFollower(ledger::v1::RuntimeRefusal why);
  void Stop(std::string reason);

  // partition_decide.cc: what is appended.
  OpenEntry Open(Timestamp now) const;
  bool HasWork(Timestamp now) const;
  bool HasRoom(const OpenEntry& entry) const;
  bool Fits(const ledger::v1::Outcome& outcome, const AggregateKey& aggregate, OpenEntry& entry);
  std::uint64_t DependsOn(const OpenEntry& entry) const;
  void TakeSteps(OpenEntry& entry);
  void TakeClients(OpenEntry& entry);
  void TakeClient(Command command, OpenEntry& entry);
  bool TakeKnown(const RequestKey& key, Command& command, OpenEntry& entry);
  void TakeTimers(OpenEntry& entry);
  void TakeProgress(OpenEntry& entry);
  void DryRun(Command command, OpenEntry& entry);
  Decided Ask(Command& command, OpenEntry& entry);
  void Add(ledger::v1::Outcome outcome, const AggregateKey& aggregate, OpenEntry& entry);
  void Close(OpenEntry entry);

  const std::uint32_t partition_;
  const NodeOptions& options_;
  Collaborators with_;
  Feed feed_;
  AckTracker acks_;
  Fold fold_;      // at `head_`
  Filter filter_;  // at the valid head
  Offset next_offset_ = 0;
  Head head_;

  Role role_ = Role::kFollower;
  std::string stop_reason_;
  bool assigned_ = false;
  bool suspended_ = false;
  bool leaving_ = false;        // a closing entry is due
  bool read_back_ = false;      // a report did not settle where an entry stands
  bool awaits_record_ = false;  // one is there, and could not be had
  Timestamp now_;               // as of the last turn
  Timestamp owner_since_;
  Duration silence_;
  Timestamp claim_not_before_;
  Duration backoff_;
  std::optional<ClaimInFlight> claim_;
  std::deque<InFlight> in_flight_;
  Cookie next_cookie_ = 1;

  std::deque<Command> clients_;
  std::deque<Command> steps_;
  std::vector<InboxPosition> offered_;
  std::vector<std::uint64_t> read_;
};

}  // namespace dialtone::engine
