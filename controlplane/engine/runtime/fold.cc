#include "controlplane/engine/runtime/fold.h"

#include <utility>

#include "controlplane/kernel/check.h"
#include "controlplane/kernel/mutation.h"

namespace dialtone::engine {

namespace {

// Keys of the fold's own rows begin with a byte that no aggregate's name begins with.
constexpr char kOwn = '\x01';
constexpr char kHead = 'h';
constexpr char kInbox = 'i';
constexpr char kRequests = 'r';
constexpr char kOwnTables[] = {kHead, kInbox, kRequests};

bool IsOwn(std::string_view key) { return !key.empty() && key.front() == kOwn; }

}  // namespace

Fold::Fold(std::uint32_t partition, std::unique_ptr<Machine> machine, std::size_t requests_max)
    : partition_(partition), machine_(std::move(machine)), requests_(requests_max) {}

// Only requests and answers are known by the hash.
void Fold::Take(const ledger::v1::Outcome& outcome, Moment at) {
  const bool needs_hash = outcome.has_request() || !outcome.answers().empty();
  Take(outcome, at, needs_hash ? KeyHash(outcome.aggregate()) : 0);
}

void Fold::Take(const ledger::v1::Outcome& outcome, Moment at, std::uint64_t hash) {
  DIALTONE_CHECK(at.position.partition == partition_,
                 "an entry of partition " + ToText(at.position));
  if (outcome.has_request())
    requests_.Take(RequestKey(outcome.request().id(), hash), outcome.request(), at.time);
  if (outcome.has_cause()) inbox_.Take(outcome.cause());
  machine_->Evolve(outcome, at);
  for (const ledger::v1::Answer& answer : outcome.answers()) {
    requests_.Answered(RequestKey(answer.request_id(), hash), at.position.index);
  }
  NoteTime(at.time);
}

void Fold::Take(const ledger::v1::Batch& batch, Moment at) {
  for (const ledger::v1::Outcome& outcome : batch.outcomes()) Take(outcome, at);
  for (const ledger::v1::InboxProgress& progress : batch.inbox()) Take(progress);
  NoteTime(at.time);
}

void Fold::NoteTime(Timestamp time) {
  ledger::v1::FoldRow& head = head_.Put();
  head.set_time_micros(time.micros());
  head.set_floor_micros(requests_.floor().micros());
  head.set_requests_taken(requests_.taken());
}

AnyTable& Fold::OwnTable(char id) {
  if (id == kHead) return head_;
  if (id == kInbox) return inbox_.table();
  DIALTONE_CHECK(id == kRequests, std::string("a row of the fold's table ") + id);
  return requests_;
}

RowBatch Fold::TakeTouched() {
  RowBatch rows;
  machine_->TakeTouched(rows);
  for (const char id : kOwnTables) {
    OwnTable(id).DrainTouched([&](std::string_view key, const std::string* row) {
      if (Mutant(Mutation::kInboxOutsideFold) && id == kInbox) return;
      rows.push_back(
          {std::string{kOwn, id}.append(key), row == nullptr ? std::nullopt : std::optional(*row)});
    });
  }
  return rows;
}

void Fold::RestoreOwn(std::string_view key, const std::string* row) {
  OwnTable(key.at(1)).Restore(key.substr(2), row);
  if (key.at(1) == kHead) {
    requests_.RestoreCounts(Timestamp::Micros(head_.get().floor_micros()),
                            head_.get().requests_taken());
  }
}

void Fold::Reload(const RowBatch& touched, FindRow find) {
  RowBatch of_aggregates;
  for (const RowChange& change : touched) {
    if (!IsOwn(change.key)) {
      of_aggregates.push_back({change.key, std::nullopt});
      continue;
    }
    const std::optional<std::string> row = find(change.key);
    RestoreOwn(change.key, row ? &*row : nullptr);
  }
  machine_->Reload(of_aggregates, find);
}

void Fold::Restore(std::string_view key, const std::string& row) {
  if (IsOwn(key)) {
    RestoreOwn(key, &row);
  } else {
    machine_->Restore(key, row);
  }
}

Digest Fold::ContentDigest() const {
  std::string content;
  const auto append = [&](std::string_view part) {
    content.append(std::to_string(part.size())).append(1, ':').append(part);
  };
  const auto add = [&](std::string_view key, std::string_view row) {
    append(key);
    append(row);
  };
  machine_->ForEachRow(add);
  head_.ForEachRow(add);
  inbox_.table().ForEachRow(add);
  requests_.ForEachRow(add);
  return Sha256(content);
}

}  // namespace dialtone::engine
