#include "tests/simulation/audit.h"

#include <utility>

#include "controlplane/kernel/context.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"

namespace dialtone::simulation {

using engine::Fold;
using engine::RequestKey;
using engine::RequestLog;
using ledger::v1::Entry;
using ledger::v1::ExerciseReply;
using ledger::v1::ExerciseRequest;
using ledger::v1::Outcome;

namespace {

constexpr std::size_t kReadBytes = 1U << 20U;

std::string Text(const google::protobuf::Message& message) { return message.ShortDebugString(); }

// What is compared: a decision names neither its aggregate nor where it came from.
std::string Content(const Outcome& outcome) {
  Outcome content;
  *content.mutable_events() = outcome.events();
  *content.mutable_answers() = outcome.answers();
  return content.SerializeAsString();
}

Outcome AsOutcome(engine::Decided decided, const RequestId& request) {
  if (decided) return std::move(*decided);
  Outcome outcome;
  *outcome.add_answers() = Refused(request, decided.error()).answers.front();
  return outcome;
}

}  // namespace

Audit::Audit(const AuditOptions& options, engine::LedgerStore& store, const policy::Policy& policy,
             Complaints& complaints)
    : options_(options), store_(store), policy_(policy), complaints_(complaints) {
  for (std::uint32_t partition = 0; partition < options_.partition_count; ++partition) {
    Part& part =
        parts_.emplace_back(engine::Filter({partition, options_.partition_count, std::nullopt, 0}));
    part.fold = NewFold(partition);
    part.digests.push_back(part.fold->ContentDigest());
  }
}

std::unique_ptr<Fold> Audit::NewFold(std::uint32_t partition) const {
  return std::make_unique<Fold>(partition, std::make_unique<testing::ToyMachine>(),
                                options_.requests_max);
}

void Audit::NoteAsked(const AggregateKey& aggregate, const ledger::v1::Request& request,
                      const ExerciseRequest& body) {
  asked_.emplace(std::tuple(aggregate.text(), request.id(), request.body_hash()), body);
}

const testing::Account& Audit::AccountOf(const Part& part, const AggregateKey& key) const {
  return static_cast<const testing::ToyMachine&>(part.fold->machine()).account(key);
}

// First what counts, in all partitions; then what it adds up to: a step's cause is known by then.
void Audit::CatchUp() {
  for (std::uint32_t partition = 0; partition < parts_.size(); ++partition) ReadLog(partition);
  for (std::uint32_t partition = 0; partition < parts_.size(); ++partition) {
    for (const Valid& valid : std::exchange(parts_[partition].to_fold, {})) {
      if (!complaints_.any()) FoldEntry(partition, valid);
    }
  }
}

void Audit::ReadLog(std::uint32_t partition) {
  Part& part = parts_[partition];
  const engine::Ledger& log = store_.partition(partition);
  while (part.next_offset < log.End()) {
    for (const engine::StoredRecord& stored :
         log.Read(part.next_offset, kReadBytes, Duration()).records) {
      TakeRecord(partition, stored);
      part.next_offset = stored.offset + 1;
    }
  }
}

void Audit::TakeRecord(std::uint32_t partition, const engine::StoredRecord& stored) {
  Part& part = parts_[partition];
  const Digest before = part.filter.hash();
  const engine::Taken taken = part.filter.Take(stored.bytes);
  if (const auto* stop = std::get_if<engine::Stop>(&taken))
    return complaints_.Say("the log cannot be read: " + stop->detail);
  if (const auto* claim = std::get_if<ledger::v1::Claim>(&taken)) {
    if (claim->term() <= part.claimed_term)
      complaints_.Say("two claims of term " + std::to_string(claim->term()) + " count");
    part.claimed_term = claim->term();
    ++claims_;
  }
  if (std::holds_alternative<engine::Void>(taken)) ++voids_;
  if (const auto* entry = std::get_if<Entry>(&taken))
    CheckEntry(partition, *entry, stored.bytes, before);
}

// I1: no gap, and each entry follows from the one before.
void Audit::CheckEntry(std::uint32_t partition, const Entry& entry, const std::string& bytes,
                       Digest before) {
  Part& part = parts_[partition];
  const std::string where = ToText(Position{partition, entry.index()});
  if (entry.index() != part.hash_at.size() + 1)
    complaints_.Say("I1: entry " + where + " counts behind " + std::to_string(part.hash_at.size()));
  if (entry.previous_hash() != AsBytes(before))
    complaints_.Say("I1: entry " + where + " counts, and does not know what is before it");
  part.hash_at[entry.index()] = Sha256(bytes);
  Valid valid{{{partition, entry.index()}, Timestamp::Micros(entry.time_micros())}, {}};
  if (!valid.batch.ParseFromString(entry.batch())) complaints_.Say(where + " has no batch");
  NoteSteps(valid);
  part.to_fold.push_back(std::move(valid));
}

void Audit::NoteSteps(const Valid& valid) {
  std::uint32_t number = 0;
  for (const Outcome& outcome : valid.batch.outcomes()) {
    reactor_.React(outcome, valid.at, [&](engine::Command command) {
      Part& target = parts_[command.aggregate.PartitionOf(options_.partition_count)];
      const StepOf step{valid.at.position.partition, valid.at.position.index, number++};
      target.steps.emplace(step, std::move(command));
    });
  }
}

void Audit::FoldEntry(std::uint32_t partition, const Valid& valid) {
  Part& part = parts_[partition];
  const std::string where = ToText(valid.at.position);
  if (valid.at.time < part.fold->time()) complaints_.Say("ledger time goes back at " + where);
  IdSource ids{valid.at.position, 0};
  for (const Outcome& outcome : valid.batch.outcomes()) {
    CheckOutcome(part, outcome, valid, ids);
    if (complaints_.any()) return;
    part.fold->Take(outcome, valid.at);
    NoteFacts(outcome, valid);
  }
  for (const ledger::v1::InboxProgress& progress : valid.batch.inbox()) part.fold->Take(progress);
  part.fold->NoteTime(valid.at.time);
  part.digests.push_back(part.fold->ContentDigest());
}

void Audit::CheckOutcome(Part& part, const Outcome& outcome, const Valid& valid, IdSource& ids) {
  switch (outcome.origin_case()) {
    case Outcome::kRequest:
      return CheckClient(part, outcome, valid, ids);
    case Outcome::kCause:
      return CheckStep(part, outcome, valid, ids);
    case Outcome::ORIGIN_NOT_SET:
      return CheckTimer(part, outcome, valid, ids);
  }
}

// I4: one outcome per request id, ever.
void Audit::CheckClient(Part& part, const Outcome& outcome, const Valid& valid, IdSource& ids) {
  const std::string where = ToText(valid.at.position);
  const ledger::v1::Request& request = outcome.request();
  const auto asked =
      asked_.find(std::tuple(outcome.aggregate(), request.id(), request.body_hash()));
  if (asked == asked_.end()) return complaints_.Say("nobody asked for " + where);
  if (!taken_.emplace(RequestOf(outcome.aggregate(), request.id()), request.body_hash()).second)
    return complaints_.Say("I4: a request counts a second time at " + where);
  if (engine::IssueTime(request.id()) > valid.at.time + RequestLog::kSkew)
    complaints_.Say("a request from the future counts at " + where);
  engine::DecideFunction decide =
      testing::DecideToy(AggregateKey(outcome.aggregate()), asked->second);
  CheckDecision(part, decide, outcome, valid, ids);
  if (asked->second.has_count_usage()) CheckUsage(outcome, asked->second, where);
}

// I10: each cause once, in its order.
void Audit::CheckStep(Part& part, const Outcome& outcome, const Valid& valid, IdSource& ids) {
  const std::string where = ToText(valid.at.position);
  const ledger::v1::Cause& cause = outcome.cause();
  const auto step = part.steps.find(StepOf(cause.partition(), cause.index(), cause.step()));
  if (step == part.steps.end())
    return complaints_.Say("I10: a cause counts twice, or is none, at " + where + ": " +
                           Text(cause));
  const Step at{cause.index(), cause.step()};
  const auto last = part.last_step.find(cause.partition());
  if (last != part.last_step.end() && at <= last->second)
    complaints_.Say("I10: causes are out of order at " + where);
  part.last_step[cause.partition()] = at;
  CheckDecision(part, step->second.decide, outcome, valid, ids);
  part.steps.erase(step);
}

void Audit::CheckTimer(Part& part, const Outcome& outcome, const Valid& valid, IdSource& ids) {
  const auto due = part.fold->machine().NextDeadline();
  if (!due || *due > valid.at.time)
    return complaints_.Say("something was due too early at " + ToText(valid.at.position));
  engine::Command command = part.fold->machine().Due();
  if (command.aggregate.text() != outcome.aggregate())
    return complaints_.Say("something else was due at " + ToText(valid.at.position));
  CheckDecision(part, command.decide, outcome, valid, ids);
}

// I3: what counts is what Decide gives over the fold before it.
void Audit::CheckDecision(Part& part, engine::DecideFunction& decide, const Outcome& outcome,
                          const Valid& valid, IdSource& ids) {
  const RequestId request(outcome.request().id());
  Context context(valid.at.time, Actor{outcome.request().actor()}, request, policy_, ids, nullptr);
  const Outcome expected = AsOutcome(decide(part.fold->machine(), context), request);
  if (Content(expected) != Content(outcome))
    complaints_.Say("I3: at " + ToText(valid.at.position) + " " + Text(outcome) +
                    " was decided instead of " + Text(expected));
}

void Audit::CheckUsage(const Outcome& outcome, const ExerciseRequest& body,
                       const std::string& where) {
  const ledger::v1::CountUsageRequest& usage = body.count_usage();
  const bool known = counted_.contains({outcome.aggregate(), usage.source(), usage.sequence()}) ||
                     usage.sequence() == 0;
  ExerciseReply reply;
  reply.ParseFromString(outcome.answers(0).reply());
  if (reply.repeated() && !known)
    complaints_.Say("I4: a sequence is called a repeat and was never counted, at " + where);
  if (known && outcome.events_size() > 0)
    complaints_.Say("I4: a sequence counts twice at " + where);
}

// I7: no account under its floor. And what later answers are compared with.
void Audit::NoteFacts(const Outcome& outcome, const Valid& valid) {
  const Part& part = parts_[valid.at.position.partition];
  for (const Event& event : outcome.events()) {
    if (!event.exercise().has_usage_counted()) continue;
    const ledger::v1::UsageCounted& usage = event.exercise().usage_counted();
    counted_.insert({outcome.aggregate(), usage.source(), usage.sequence()});
    deposited_ += usage.amount();
  }
  const std::int64_t balance = AccountOf(part, AggregateKey(outcome.aggregate())).balance();
  if (balance < 0)
    complaints_.Say("I7: " + outcome.aggregate() + " is under its floor at " +
                    ToText(valid.at.position));
  balances_[outcome.aggregate()].insert(balance);
  for (const ledger::v1::Answer& answer : outcome.answers()) {
    const RequestOf request(outcome.aggregate(), answer.request_id());
    if (!answers_.emplace(request, answer.SerializeAsString()).second)
      complaints_.Say("I4: a request is answered twice at " + ToText(valid.at.position));
  }
}

std::uint64_t Audit::entries() const {
  std::uint64_t count = 0;
  for (const Part& part : parts_) count += part.filter.index();
  return count;
}

}  // namespace dialtone::simulation
