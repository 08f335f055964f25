#include "controlplane/engine/runtime/partition.h"

#include <algorithm>
#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/mutation.h"
#include "controlplane/kernel/unknown_fields.h"

namespace dialtone::engine {

namespace {

constexpr std::size_t kReadBytes = 4U << 20U;
constexpr Duration kBackoffFirst = Duration::Millis(200);
constexpr Duration kBackoffLast = Duration::Seconds(10);
constexpr Duration kLoadReadMax = Duration::Seconds(10);
constexpr Duration kClockBehindMax = Duration::Seconds(10);

const std::string kCheckpointKey = {kNodeRow, 'c'};
const std::string kOffsetsKey = {kNodeRow, 'o'};

Reader ReaderOf(std::uint32_t partition, const NodeOptions& options) {
  return {partition, options.partition_count, options.cluster, options.level};
}

// What a newer program has written: an event without content to this one, or a field beyond it.
std::optional<std::string> WhatIsUnknown(const ledger::v1::Batch& batch) {
  for (const ledger::v1::Outcome& outcome : batch.outcomes()) {
    for (const Event& event : outcome.events()) {
      std::vector<const google::protobuf::FieldDescriptor*> set;
      event.GetReflection()->ListFields(event, &set);
      if (set.empty()) return "an event of " + outcome.aggregate();
    }
  }
  const auto field = FirstUnknownField(batch);
  if (!field) return std::nullopt;
  return "the field " + std::to_string(field->number) + " of " + field->around;
}

}  // namespace

Partition::Partition(std::uint32_t partition, const NodeOptions& options, const Collaborators& with,
                     std::unique_ptr<Machine> machine)
    : partition_(partition),
      options_(options),
      with_(with),
      feed_(partition, with.ledger, with.signal),
      acks_(feed_),
      fold_(partition, std::move(machine), options.requests_max),
      filter_(ReaderOf(partition, options)),
      backoff_(kBackoffFirst),
      offered_(options.partition_count),
      read_(options.partition_count, 0) {}

tl::expected<std::optional<ledger::v1::Checkpoint>, std::string> Partition::FindCheckpoint() {
  const auto row = with_.rows.Find(partition_, kCheckpointKey);
  if (!row) return std::nullopt;
  ledger::v1::Checkpoint checkpoint;
  if (!checkpoint.ParseFromString(*row))
    return tl::unexpected<std::string>("a checkpoint that cannot be read");
  return checkpoint;
}

void Partition::DropRows() {
  RowBatch dropped;
  with_.rows.ForEach(partition_, [&](std::string_view key, const std::string&) {
    dropped.push_back({std::string(key), std::nullopt});
  });
  with_.rows.Write(partition_, dropped);
}

tl::expected<void, LoadError> Partition::Load() {
  const auto found = FindCheckpoint();
  if (!found) return tl::unexpected(LoadError{LoadError::Of::kRows, found.error()});
  if (*found && (*found)->level() != options_.level) {
    DropRows();
    return {};
  }
  with_.rows.ForEach(partition_, [&](std::string_view key, const std::string& row) {
    if (IsFoldRow(key)) fold_.Restore(key, row);
  });
  fold_.Derive();
  if (!*found) return {};
  const ledger::v1::Checkpoint& checkpoint = **found;
  auto filter = Filter::FromProto(checkpoint.filter(), ReaderOf(partition_, options_));
  if (!filter) return tl::unexpected(LoadError{LoadError::Of::kRows, filter.error()});
  ledger::v1::OffsetMap offset_rows;
  if (const auto row = with_.rows.Find(partition_, kOffsetsKey)) offset_rows.ParseFromString(*row);
  offset_rows.set_last_index(filter->index());
  feed_.RestoreHead(OffsetMap::FromProto(offset_rows));
  filter_ = *filter;
  next_offset_ = checkpoint.next_offset();
  head_ = {filter_.index(), filter_.hash()};
  return CheckLastRead();
}

// A checkpoint is written with an entry, so the record before its offset is that entry, and the
// chain's hash is its own. If it is not there, the log was cut off or made again, and whatever was
// acknowledged on it now would be void to all who read it anew.
tl::expected<void, LoadError> Partition::CheckLastRead() {
  if (filter_.index() == 0) return {};
  const Offset last = next_offset_ - 1;
  const std::string where = "entry " + std::to_string(filter_.index()) + ", which was read";
  if (with_.ledger.End() < next_offset_) {
    Stop("offset " + std::to_string(last) + ": the ledger ends at offset " +
         std::to_string(with_.ledger.End()) + " before " + where);
    return {};
  }
  const ReadResult read = with_.ledger.Read(last, 1, kLoadReadMax);
  if (StopIfDamaged()) return {};
  if (read.records.empty())
    return tl::unexpected(
        LoadError{LoadError::Of::kLedger,
                  "the ledger of partition " + std::to_string(partition_) + " cannot be read now"});
  const StoredRecord& found = read.records.front();
  if (found.offset == last && Sha256(found.bytes) == filter_.hash()) return {};
  Stop("offset " + std::to_string(last) + ": the ledger holds another record than " + where);
  return {};
}

bool Partition::StopIfDamaged() {
  std::string damage = with_.ledger.Damage();
  if (damage.empty()) return false;
  Stop(std::move(damage));
  return true;
}

void Partition::Assign(Timestamp now) {
  if (std::exchange(assigned_, true)) return;
  claim_not_before_ = now + options_.claim_wait;
}

void Partition::Unassign() {
  assigned_ = false;
  if (role_ == Role::kSuspect && !claim_) GiveUp();
}

void Partition::Leave() {
  assigned_ = false;
  GiveUp();
}

void Partition::Suspend() {
  suspended_ = true;
  GiveUp();
}

// A suspect that waits for its next claim will make none.
void Partition::GiveUp() {
  if (role_ == Role::kSuspect && !claim_)
    return BecomeFollower(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
  leaving_ = role_ == Role::kOwner || role_ == Role::kSuspect;
}

void Partition::Abandon() {
  if (role_ != Role::kStopped) BecomeFollower(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
}

bool Partition::Advance(Timestamp now) {
  if (role_ == Role::kStopped) return false;
  now_ = now;
  if (StopIfDamaged()) return true;
  bool changed = false;
  with_.ledger.Poll(Duration(), [&](Cookie cookie, const AppendResult& result) {
    Completed(cookie, result);
    changed = true;
  });
  if (StopIfDamaged()) return true;
  if (MustRead()) changed |= ReadForward();
  if (HasHole()) {
    BecomeSuspect(now);
    changed = true;
  }
  if (acks_.has_unread()) acks_.ReadAgain(now);
  if (claim_) JudgeClaim(now);
  if (MayClaim(now)) {
    Claim(role_ == Role::kSuspect ? Role::kSuspect : Role::kCandidate);
    changed = true;
  }
  return changed;
}

void Partition::Completed(Cookie cookie, const AppendResult& result) {
  if (claim_ && claim_->cookie == cookie) return ClaimCompleted(result);
  const auto mine = std::find_if(in_flight_.begin(), in_flight_.end(),
                                 [&](const InFlight& entry) { return entry.cookie == cookie; });
  if (mine == in_flight_.end() || role_ != Role::kOwner) return;
  if (mine == in_flight_.begin() && StandsNext(result)) {
    const Offset offset = std::max(result.offset, next_offset_);
    filter_.Advance({mine->entry.at.position.index, mine->hash, mine->closing});
    return CommitFront(offset);
  }
  mine->told = result.fate;
  read_back_ |= result.fate != AppendFate::kFailed;
}

void Partition::ClaimCompleted(const AppendResult& result) {
  claim_->failed = result.fate == AppendFate::kFailed;
  claim_->barrier = with_.ledger.End();
  if (Mutant(Mutation::kServeBeforeBarrier) && result.fate == AppendFate::kStored &&
      result.offset >= next_offset_) {
    filter_.Take(claim_->record);
    next_offset_ = result.offset + 1;
    claim_->barrier = 0;
  }
}

// An entry of mine is valid when it stands exactly where the next record had to come: then nobody
// wrote between. A smaller offset is no place at all: a log that stored the record before may say
// so with 0, 1, …
bool Partition::StandsNext(const AppendResult& result) const {
  if (Mutant(Mutation::kAckOnBrokersAnswer) && result.fate != AppendFate::kFailed) return true;
  if (result.fate != AppendFate::kStored) return false;
  if (Mutant(Mutation::kGapIgnored) && result.offset > next_offset_) return true;
  if (Mutant(Mutation::kSmallOffsetTrusted) && result.offset < next_offset_) return true;
  return result.offset == next_offset_;
}

// An owner reads when it cannot tell otherwise what became of an entry, or when somebody else
// wrote.
bool Partition::MustRead() {
  if (role_ != Role::kOwner || awaits_record_ || std::exchange(read_back_, false)) return true;
  return in_flight_.empty() && with_.ledger.End() > next_offset_;
}

// An entry of mine failed; or was stored, they said, but is not there.
bool Partition::HasHole() const {
  if (role_ != Role::kOwner || in_flight_.empty()) return false;
  return (in_flight_.front().told.has_value() && !awaits_record_) ||
         std::any_of(in_flight_.begin(), in_flight_.end(),
                     [](const InFlight& entry) { return entry.told == AppendFate::kFailed; });
}

// Offsets without a record are passed as well: the log may end with some.
bool Partition::ReadForward() {
  const Offset from = next_offset_;
  awaits_record_ = false;
  while (role_ != Role::kStopped) {
    const Offset before = next_offset_;
    const ReadResult read = with_.ledger.Read(before, kReadBytes, Duration());
    for (const StoredRecord& stored : read.records) {
      TakeRecord(stored);
      if (role_ == Role::kStopped) return true;
      next_offset_ = stored.offset + 1;
    }
    next_offset_ = std::max(next_offset_, read.next);
    awaits_record_ = next_offset_ == before && !read.at_end;
    if (read.at_end || awaits_record_) break;
  }
  return next_offset_ > from;
}

void Partition::TakeRecord(const StoredRecord& stored) {
  Taken taken = filter_.Take(stored.bytes);
  if (const auto* stop = std::get_if<engine::Stop>(&taken)) {
    return Stop("offset " + std::to_string(stored.offset) + ": " +
                std::string(ToText(stop->reason)) + ": " + stop->detail);
  }
  if (const auto* claim = std::get_if<ledger::v1::Claim>(&taken)) TakeClaim(*claim);
  if (const auto* entry = std::get_if<ledger::v1::Entry>(&taken)) TakeEntry(*entry, stored);
  if (in_flight_.empty()) head_ = {filter_.index(), filter_.hash()};
}

// What is in flight when a claim counts was not stored before it, and is void wherever it comes
// now.
void Partition::TakeClaim(const ledger::v1::Claim& claim) {
  const bool mine = claim_ && claim_->writer.bytes() == claim.writer();
  if (!in_flight_.empty()) RollBack();
  if (mine || role_ != Role::kOwner) return;
  BecomeFollower(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
  EndTenure();
  ClaimAgainLater(now_);
}

void Partition::TakeEntry(const ledger::v1::Entry& entry, const StoredRecord& stored) {
  if (!in_flight_.empty() && in_flight_.front().hash == filter_.hash())
    return CommitFront(stored.offset);
  if (!in_flight_.empty()) RollBack();
  auto batch = std::make_shared<ledger::v1::Batch>();
  if (!batch->ParseFromString(entry.batch()))
    return Stop("entry " + std::to_string(entry.index()) + ": a batch that cannot be read");
  if (const auto unknown = WhatIsUnknown(*batch)) {
    return Stop("entry " + std::to_string(entry.index()) +
                ": written by a newer program: this one does not know " + *unknown);
  }
  const Moment at{{partition_, entry.index()}, Timestamp::Micros(entry.time_micros())};
  fold_.Take(*batch, at);
  next_offset_ = stored.offset + 1;
  Publish({at, std::move(batch), entry.has_reactions(), stored.bytes.size()}, fold_.TakeTouched(),
          stored.offset);
}

// The filter has taken the first entry in flight.
void Partition::CommitFront(Offset offset) {
  InFlight mine = std::move(in_flight_.front());
  in_flight_.pop_front();
  next_offset_ = offset + 1;
  Publish(std::move(mine.entry), std::move(mine.rows), offset);
  if (mine.closing) BecomeFollower(ledger::v1::DRAINING);
}

// The feed first, because rows keep where its entries stand; replies last, so that who hears one
// finds the rest.
void Partition::Publish(FeedEntry entry, RowBatch rows, Offset offset) {
  if (Mutant(Mutation::kRowsAtValidity)) rows = fold_.TakeTouched();
  const std::size_t segments = feed_.offsets().segments().size();
  feed_.Publish(entry, offset);
  WriteRows(std::move(rows), feed_.offsets().segments().size() != segments);
  acks_.Valid(entry);
}

void Partition::WriteRows(RowBatch rows, bool new_segment) {
  ledger::v1::Checkpoint checkpoint;
  *checkpoint.mutable_filter() = filter_.ToProto();
  checkpoint.set_next_offset(next_offset_);
  checkpoint.set_level(options_.level);
  rows.push_back({kCheckpointKey, checkpoint.SerializeAsString()});
  if (new_segment) rows.push_back({kOffsetsKey, feed_.offsets().ToProto().SerializeAsString()});
  with_.rows.Write(partition_, rows);
}

void Partition::RollBack() {
  RowBatch touched;
  for (InFlight& entry : in_flight_)
    std::move(entry.rows.begin(), entry.rows.end(), std::back_inserter(touched));
  in_flight_.clear();
  fold_.Reload(touched, [&](std::string_view key) { return with_.rows.Find(partition_, key); });
  acks_.Fail(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
}

void Partition::Claim(Role role) {
  role_ = role;
  silence_ = fold_.time() == Timestamp() ? Duration() : now_ - fold_.time();
  claim_ = ClaimInFlight{next_cookie_++, NewWriter(options_.random), {}, std::nullopt};
  ledger::v1::Claim claim = NextClaim(filter_, claim_->writer);
  claim.set_level(options_.level);
  claim.set_policy_digest(options_.policy_digest);
  claim.set_address(options_.address);
  claim_->record = ClaimRecord(std::move(claim));
  with_.ledger.Append(claim_->record, claim_->cookie);
}

// A claim that failed settles nothing: who has entries in flight claims again.
void Partition::JudgeClaim(Timestamp now) {
  const bool is_over = claim_->failed && !MayOwn();  // nobody here wants to know any more
  if (!is_over && (!claim_->barrier || next_offset_ < *claim_->barrier)) return;
  const ClaimInFlight judged = *std::exchange(claim_, std::nullopt);
  if (!judged.failed && filter_.writer() == judged.writer && filter_.open()) return BecomeOwner();
  ClaimAgainLater(now);
  const bool stays_suspect = judged.failed && MayOwn() && !in_flight_.empty();
  if (!stays_suspect) BecomeFollower(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID);
}

// Two nodes that both think they should own the partition take it from each other ever more slowly;
// who had it for a while begins anew.
void Partition::EndTenure() {
  if (now_ - owner_since_ > kBackoffLast) backoff_ = kBackoffFirst;
}

bool Partition::HasBackedOff() const { return backoff_ > kBackoffFirst; }

// The first time it claims at once, to find out soon. One that loses its entries again right after
// that, perhaps because brokers refuse them, waits ever longer between its claims.
void Partition::BecomeSuspect(Timestamp now) {
  EndTenure();
  const bool is_first = !HasBackedOff();
  ClaimAgainLater(now);
  if (is_first || !MayOwn()) return Claim(Role::kSuspect);
  role_ = Role::kSuspect;
}

void Partition::ClaimAgainLater(Timestamp now) {
  const std::int64_t jitter =
      static_cast<std::int64_t>(options_.random() % static_cast<std::uint64_t>(backoff_.micros()));
  claim_not_before_ = now + backoff_ + Duration::Micros(jitter);
  backoff_ = std::min(backoff_ * 2, kBackoffLast);
}

bool Partition::MayClaim(Timestamp now) const {
  if (claim_ || role_ == Role::kOwner || role_ == Role::kStopped || !MayOwn()) return false;
  if (ClockBehind(now) > Duration()) return false;
  const bool nobody_owns = !filter_.open();
  return now >= claim_not_before_ || (nobody_owns && !HasBackedOff());
}

Duration Partition::ClockBehind(Timestamp now) const {
  return now + kClockBehindMax < fold_.time() ? fold_.time() - now : Duration();
}

void Partition::BecomeOwner() {
  if (!in_flight_.empty()) RollBack();
  role_ = Role::kOwner;
  owner_since_ = now_;
  leaving_ = !MayOwn();
  read_back_ = false;
  head_ = {filter_.index(), filter_.hash()};
  steps_.clear();
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    offered_[partition] = fold_.inbox().At(partition);
    read_[partition] = 0;
  }
}

void Partition::BecomeFollower(ledger::v1::RuntimeRefusal why) {
  if (!in_flight_.empty()) RollBack();
  role_ = Role::kFollower;
  leaving_ = false;
  head_ = {filter_.index(), filter_.hash()};
  acks_.Fail(why);
  for (Command& command : std::exchange(clients_, {}))
    AckTracker::Refuse(ledger::v1::NOT_THE_OWNER, command);
  steps_.clear();
}

void Partition::Stop(std::string reason) {
  BecomeFollower(ledger::v1::NOT_THE_OWNER);
  claim_.reset();
  awaits_record_ = false;
  role_ = Role::kStopped;
  stop_reason_ = std::move(reason);
}

std::optional<Timestamp> Partition::NextWake() const {
  const std::optional<Timestamp> duty = NextDuty();
  if (!awaits_record_ && !acks_.has_unread()) return duty;
  const Timestamp soon = now_ + kReadAgainAfter;
  return duty ? std::min(*duty, soon) : soon;
}

std::optional<Timestamp> Partition::NextDuty() const {
  if (role_ == Role::kStopped || claim_) return std::nullopt;
  if (role_ == Role::kOwner) {
    const bool may_decide = in_flight_.size() < options_.in_flight_max;
    return may_decide ? fold_.machine().NextDeadline() : std::nullopt;
  }
  if (!MayOwn()) return std::nullopt;
  return std::max(claim_not_before_, fold_.time() - kClockBehindMax);
}

}  // namespace dialtone::engine
