#include "tests/simulation/clients.h"

#include <utility>

#include "dialtone/ledger/v1/runtime_refusal.pb.h"

namespace dialtone::simulation {

using engine::Command;
using engine::Mode;
using ledger::v1::Answer;
using ledger::v1::ExerciseRequest;

namespace {

// Answers that say nothing about the request itself.
bool IsToAskAgain(const Answer& answer) {
  for (const auto reason :
       {ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID, ledger::v1::NOT_THE_OWNER,
        ledger::v1::QUEUE_FULL, ledger::v1::DRAINING, ledger::v1::REQUEST_FROM_THE_FUTURE}) {
    if (answer.refusal().reason() == ledger::v1::RuntimeRefusal_Name(reason)) return true;
  }
  return false;
}

bool IsTooOld(const Answer& answer) {
  return answer.refusal().reason() == ledger::v1::RuntimeRefusal_Name(ledger::v1::REQUEST_TOO_OLD);
}

bool IsReused(const Answer& answer) {
  return answer.refusal().reason() ==
         ledger::v1::RuntimeRefusal_Name(ledger::v1::REQUEST_ID_REUSED);
}

}  // namespace

Clients::Clients(std::uint64_t account_count, const Surroundings& with)
    : account_count_(account_count), with_(with) {}

Command Clients::Next(Timestamp now) {
  const std::uint64_t dice = with_.chance.Below(100);
  if (ops_.empty() || dice < 50) return Again(NewOp(now));
  if (dice < 55) return DryRun(now);
  Op& old = *ops_[with_.chance.Below(ops_.size())];
  if (dice < 60 && old.first_answer) return Again(WithAnotherBody(old));
  const std::vector<std::size_t> waiting = Waiting();
  if (dice < 85 && !waiting.empty()) return Again(waiting[with_.chance.Below(waiting.size())]);
  return Again(with_.chance.Below(ops_.size()));
}

std::vector<std::size_t> Clients::Waiting() const {
  std::vector<std::size_t> waiting;
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    if (!ops_[op]->is_settled) waiting.push_back(op);
  }
  return waiting;
}

Command Clients::Again(std::size_t op) {
  const Op& asked = *ops_[op];
  with_.story.Add([&] {
    return "client asks " + asked.aggregate.text() + " request " + std::to_string(op) + ": " +
           asked.body.ShortDebugString();
  });
  return Command::FromClient(
      asked.aggregate, asked.request, Mode::kCommit,
      testing::DecideToy(asked.aggregate, asked.body),
      [this, op](const Answer& answer, const engine::Token&) { Hear(op, answer); });
}

// Most ids are fresh; some were minted long ago, some by a clock that is ahead.
Timestamp Clients::NewIssueTime(Timestamp now) {
  const std::uint64_t dice = with_.chance.Below(100);
  if (dice < 80) return now;
  if (dice < 95) return now - with_.chance.UpTo(Duration::Seconds(60));
  return now + with_.chance.UpTo(Duration::Seconds(15));
}

std::size_t Clients::NewOp(Timestamp now) {
  Op op;
  op.aggregate = testing::AccountKey(with_.chance.Below(account_count_));
  op.body = NewBody(op.aggregate);
  op.request = testing::ToyRequest(testing::ToyRequestId(NewIssueTime(now), ++salt_), op.body);
  return Add(std::move(op));
}

std::size_t Clients::Add(Op op) {
  with_.audit.NoteAsked(op.aggregate, op.request, op.body);
  ops_.push_back(std::make_unique<Op>(std::move(op)));
  return ops_.size() - 1;
}

std::size_t Clients::WithAnotherBody(const Op& op) {
  Op other;
  other.aggregate = op.aggregate;
  other.body = NewBody(op.aggregate);
  other.request = testing::ToyRequest(op.request.id(), other.body);
  return Add(std::move(other));
}

ExerciseRequest Clients::NewBody(const AggregateKey& aggregate) {
  const std::uint64_t dice = with_.chance.Below(100);
  if (dice < 45) {
    return testing::Transfer(testing::AccountKey(with_.chance.Below(account_count_)),
                             static_cast<std::int64_t>(with_.chance.Below(120)));
  }
  if (dice < 80) return NewUsage(aggregate);
  if (dice < 95) {
    return testing::SetTimer("t" + std::to_string(with_.chance.Below(3)),
                             with_.chance.UpTo(Duration::Seconds(20)));
  }
  return testing::GetBalance();
}

// Mostly the next one; sometimes an old one, one beyond a hole, one far beyond.
ExerciseRequest Clients::NewUsage(const AggregateKey& aggregate) {
  const std::string source = "s" + std::to_string(with_.chance.Below(2));
  std::uint64_t& last = last_sequence_[aggregate.text() + '/' + source];
  const std::uint64_t dice = with_.chance.Below(100);
  std::uint64_t sequence = last + 1;
  if (dice < 20) sequence = with_.chance.Below(last + 2);
  if (dice >= 80) sequence = last + 1 + with_.chance.Below(4);
  if (dice >= 95) sequence = last + 500 + with_.chance.Below(40);
  if (dice < 95) last = std::max(last, sequence);
  return testing::CountUsage(source, sequence,
                             static_cast<std::int64_t>(1 + with_.chance.Below(100)));
}

Command Clients::DryRun(Timestamp now) {
  const AggregateKey aggregate = testing::AccountKey(with_.chance.Below(account_count_));
  const ExerciseRequest body =
      with_.chance.Percent(50) ? testing::GetBalance() : NewBody(aggregate);
  return Command::FromClient(aggregate,
                             testing::ToyRequest(testing::ToyRequestId(now, ++salt_), body),
                             Mode::kDryRun, testing::DecideToy(aggregate, body),
                             [this, aggregate](const Answer& answer, const engine::Token&) {
                               if (!IsToAskAgain(answer))
                                 with_.audit.CheckDryRun(aggregate, answer);
                             });
}

// A repeat gets the first answer, or is told that nobody knows any more.
void Clients::Hear(std::size_t index, const Answer& answer) {
  Op& op = *ops_[index];
  with_.story.Add(
      [&] { return "request " + std::to_string(index) + " is told " + answer.ShortDebugString(); });
  if (IsToAskAgain(answer)) {
    ++told_.unknown;
    return;
  }
  op.is_settled = true;
  with_.audit.CheckAnswer(op.aggregate, op.request, answer);
  if (IsTooOld(answer) || IsReused(answer)) {
    ++told_.too_old;
    return;
  }
  ++(op.first_answer ? told_.again : told_.first);
  const std::string bytes = answer.SerializeAsString();
  if (op.first_answer && *op.first_answer != bytes)
    with_.complaints.Say("I4: a repeat gets another answer than the first");
  op.first_answer = bytes;
}

}  // namespace dialtone::simulation
