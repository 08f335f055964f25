// How an entry is made: steps of other partitions first, then clients, then what is due.
#include <algorithm>
#include <utility>

#include "controlplane/engine/runtime/partition.h"
#include "controlplane/kernel/check.h"
#include "controlplane/kernel/mutation.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kOutcomeBytesMax = 64U << 10U;
// An entry that is larger takes no further command; below, one of a client has room.
constexpr std::size_t kEntryBytesFull = 128U << 10U;
constexpr std::size_t kRepeatBytes = 1U << 10U;  // a repeat's share of what an entry may take
constexpr std::size_t kFrameBytes = 8;  // of a message within another: its tag and its length
constexpr int kOutcomesMax = 4'096;
constexpr int kStepsMax = 1'024;
constexpr int kTimersMax = 256;
constexpr std::uint64_t kProgressAlong =
    1'000;  // entries read in vain before an entry says so by the way …
constexpr std::uint64_t kProgressAlone = 100'000;  // … and before one is made for it

ledger::v1::Outcome RefusedOutcome(const Rejection& rejection, const RequestId& request) {
  ledger::v1::Outcome outcome;
  *outcome.add_answers() = std::move(Refused(request, rejection).answers.front());
  return outcome;
}

}  // namespace

void Partition::Submit(Command command) {
  if (suspended_) return AckTracker::Refuse(ledger::v1::CLOCK_JUMPED, command);
  if (role_ != Role::kOwner) return AckTracker::Refuse(ledger::v1::NOT_THE_OWNER, command);
  if (leaving_) return AckTracker::Refuse(ledger::v1::DRAINING, command);
  if (clients_.size() >= options_.queue_max) {
    return AckTracker::Refuse(ledger::v1::QUEUE_FULL, command,
                              {{"queued", std::to_string(clients_.size())}});
  }
  clients_.push_back(std::move(command));
}

void Partition::Offer(ledger::v1::Cause cause, Command command) {
  InboxPosition& offered = offered_[cause.partition()];
  const InboxPosition at{cause.index(), cause.step()};
  if (role_ != Role::kOwner || at <= offered) return;
  offered = at;
  command.cause = std::move(cause);
  steps_.push_back(std::move(command));
}

bool Partition::Decide(Timestamp now) {
  bool decided = false;
  while (role_ == Role::kOwner && in_flight_.size() < options_.in_flight_max && HasWork(now)) {
    OpenEntry entry = Open(now);
    TakeSteps(entry);
    TakeClients(entry);
    TakeTimers(entry);
    entry.closing = leaving_ && clients_.empty();
    TakeProgress(entry);
    decided = true;
    if (role_ != Role::kOwner) break;
    const bool is_empty = entry.bytes == 0 && !entry.closing;
    if (!is_empty) Close(std::move(entry));
    if (leaving_ || is_empty) break;  // what is left of dry runs is for the next turn
  }
  return decided;
}

bool Partition::HasWork(Timestamp now) const {
  if (leaving_) return in_flight_.empty() || !in_flight_.back().closing;
  if (!steps_.empty() || !clients_.empty()) return true;
  const auto due = fold_.machine().NextDeadline();
  if (due && *due <= std::max(now, fold_.time())) return true;
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    if (read_[partition] > fold_.inbox().At(partition).index + kProgressAlone) return true;
  }
  return false;
}

Partition::OpenEntry Partition::Open(Timestamp now) const {
  const Position position{partition_, head_.index + 1};
  const Timestamp time = Mutant(Mutation::kTimeByWallClock) ? now : std::max(now, fold_.time());
  return {{position, time}, {position, 0}, std::make_shared<ledger::v1::Batch>()};
}

bool Partition::HasRoom(const OpenEntry& entry) const {
  return !entry.full && entry.bytes + entry.bytes_in_vain < kEntryBytesFull &&
         entry.batch->outcomes_size() + entry.decided_in_vain < kOutcomesMax;
}

// What a step or time leads to cannot be refused for its size: the entry closes before it, and it
// is decided again for the next one, where it is alone. What is too large for that stops the
// partition.
bool Partition::Fits(const ledger::v1::Outcome& outcome, const AggregateKey& aggregate,
                     OpenEntry& entry) {
  const std::size_t bytes = outcome.ByteSizeLong() + aggregate.text().size() + kFrameBytes;
  if (entry.bytes + bytes <= kBatchBytesMax) return true;
  entry.full = true;
  if (entry.bytes == 0) {
    Stop("entry " + std::to_string(entry.at.position.index) + ": what falls to " +
         aggregate.text() + " takes " + std::to_string(bytes) + " bytes, and an entry has " +
         std::to_string(kBatchBytesMax));
  }
  return false;
}

// What is told now rests on all that was decided so far: the open entry too, if it holds anything.
std::uint64_t Partition::DependsOn(const OpenEntry& entry) const {
  return entry.bytes > 0 ? entry.at.position.index : head_.index;
}

void Partition::TakeSteps(OpenEntry& entry) {
  for (int taken = 0; taken < kStepsMax && !steps_.empty() && HasRoom(entry); ++taken) {
    Command command = std::move(steps_.front());
    steps_.pop_front();
    if (fold_.inbox().Has(*command.cause)) continue;
    Decided decided = Ask(command, entry);
    DIALTONE_CHECK(decided.has_value(), "a step of " + command.aggregate.text() +
                                            " is refused: " + decided.error().reason);
    *decided->mutable_cause() = *command.cause;
    if (!Fits(*decided, command.aggregate, entry)) {
      if (role_ == Role::kOwner) steps_.push_front(std::move(command));
      return;
    }
    Add(std::move(*decided), command.aggregate, entry);
  }
}

void Partition::TakeClients(OpenEntry& entry) {
  while (!clients_.empty() && HasRoom(entry)) {
    Command command = std::move(clients_.front());
    clients_.pop_front();
    if (command.mode == Mode::kDryRun) {
      DryRun(std::move(command), entry);
    } else {
      TakeClient(std::move(command), entry);
    }
  }
}

void Partition::TakeClient(Command command, OpenEntry& entry) {
  const RequestKey key(command.request.id(), command.aggregate.hash());
  if (TakeKnown(key, command, entry)) return;
  if (IssueTime(command.request.id()) > entry.at.time + RequestLog::kSkew) {
    return AckTracker::Refuse(ledger::v1::REQUEST_FROM_THE_FUTURE, command);
  }
  if (IssueTime(command.request.id()) <= fold_.requests().floor()) {
    return acks_.ReleaseAt(DependsOn(entry), RuntimeAnswer(ledger::v1::REQUEST_TOO_OLD), command);
  }
  Decided decided = Ask(command, entry);
  ledger::v1::Outcome outcome =
      decided ? std::move(*decided)
              : RefusedOutcome(decided.error(), RequestId(command.request.id()));
  if (const std::size_t bytes = outcome.ByteSizeLong(); bytes > kOutcomeBytesMax) {
    entry.bytes_in_vain += bytes;
    ++entry.decided_in_vain;
    return AckTracker::Refuse(ledger::v1::COMMAND_TOO_LARGE, command);
  }
  acks_.Park(command);
  *outcome.mutable_request() = std::move(command.request);
  Add(std::move(outcome), command.aggregate, entry);
}

// A repeat: the same answer as the first, when that is valid.
bool Partition::TakeKnown(const RequestKey& key, Command& command, OpenEntry& entry) {
  const RequestLog::Entry* const known = fold_.requests().Find(key);
  if (known == nullptr) return false;
  if (known->body_hash != command.request.body_hash()) {
    acks_.ReleaseAt(DependsOn(entry), RuntimeAnswer(ledger::v1::REQUEST_ID_REUSED), command);
  } else if (known->answered_index != 0 && known->answered_index <= filter_.index()) {
    acks_.Repeat(known->answered_index, command, now_);
    entry.bytes_in_vain += kRepeatBytes;
  } else {
    acks_.Park(command);
    if (Mutant(Mutation::kRepeatFromSpeculation)) {
      for (const InFlight& mine : in_flight_) acks_.Valid(mine.entry);
    }
  }
  return true;
}

void Partition::DryRun(Command command, OpenEntry& entry) {
  OpenEntry scratch = entry;
  const RequestId request(command.request.id());
  Decided decided = Ask(command, scratch);
  const ledger::v1::Outcome outcome =
      decided ? std::move(*decided) : RefusedOutcome(decided.error(), request);
  entry.bytes_in_vain += outcome.ByteSizeLong();
  ++entry.decided_in_vain;
  ledger::v1::Answer answer;
  for (const ledger::v1::Answer& one : outcome.answers()) {
    if (one.request_id() == request.bytes()) answer = one;
  }
  acks_.ReleaseAt(DependsOn(entry), std::move(answer), command);
}

void Partition::TakeTimers(OpenEntry& entry) {
  for (int taken = 0; taken < kTimersMax && HasRoom(entry); ++taken) {
    const auto due = fold_.machine().NextDeadline();
    if (!due || *due > entry.at.time) return;
    Command command = fold_.machine().Due();
    Decided decided = Ask(command, entry);
    DIALTONE_CHECK(decided.has_value() && decided->events_size() > 0,
                   "what is due in " + command.aggregate.text() + " stays due");
    if (!Fits(*decided, command.aggregate, entry)) return;
    Add(std::move(*decided), command.aggregate, entry);
  }
}

// The next owner reads again what is not noted: a closing entry notes all.
void Partition::TakeProgress(OpenEntry& entry) {
  if (!steps_.empty() || entry.full) return;
  const std::uint64_t spared = entry.closing     ? 0
                               : entry.bytes > 0 ? kProgressAlong
                                                 : kProgressAlone;
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    const std::uint64_t taken_in = fold_.inbox().At(partition).index;
    if (read_[partition] <= taken_in + spared) continue;
    ledger::v1::InboxProgress progress;
    progress.set_partition(partition);
    progress.set_index(read_[partition]);
    const std::size_t bytes = progress.ByteSizeLong() + kFrameBytes;
    if (entry.bytes + bytes > kBatchBytesMax) return;
    fold_.Take(progress);
    entry.bytes += bytes;
    *entry.batch->add_inbox() = std::move(progress);
  }
}

Decided Partition::Ask(Command& command, OpenEntry& entry) {
  Context context(entry.at.time, Actor{command.request.actor()}, RequestId(command.request.id()),
                  with_.policy, entry.ids, command.trace);
  return command.decide(fold_.machine(), context);
}

void Partition::Add(ledger::v1::Outcome outcome, const AggregateKey& aggregate, OpenEntry& entry) {
  outcome.set_aggregate(aggregate.text());
  fold_.Take(outcome, entry.at, aggregate.hash());
  entry.bytes += outcome.ByteSizeLong() + kFrameBytes;
  if (!entry.has_reactions) {
    with_.reactor.React(outcome, entry.at, [&](Command) { entry.has_reactions = true; });
  }
  *entry.batch->add_outcomes() = std::move(outcome);
}

void Partition::Close(OpenEntry entry) {
  fold_.NoteTime(entry.at.time);
  ledger::v1::Entry record;
  record.set_term(filter_.term());
  record.set_writer(std::string(filter_.writer().bytes()));
  record.set_index(entry.at.position.index);
  record.set_previous_hash(std::string(AsBytes(head_.hash)));
  record.set_time_micros(entry.at.time.micros());
  record.set_level(options_.level);
  record.set_has_reactions(entry.has_reactions);
  record.set_closing(entry.closing);
  entry.batch->SerializeToString(record.mutable_batch());
  std::string bytes = EntryRecord(std::move(record));
  head_ = {entry.at.position.index, Sha256(bytes)};
  in_flight_.push_back({next_cookie_++,
                        head_.hash,
                        {entry.at, std::move(entry.batch), entry.has_reactions, bytes.size()},
                        Mutant(Mutation::kRowsAtValidity) ? RowBatch() : fold_.TakeTouched(),
                        entry.closing,
                        std::nullopt});
  with_.ledger.Append(std::move(bytes), in_flight_.back().cookie);
}

}  // namespace dialtone::engine
