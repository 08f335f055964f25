#include "controlplane/engine/runtime/ack_tracker.h"

#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr Duration kUnreadWait = Duration::Seconds(2);
constexpr std::size_t kUnreadMax = 256;

ledger::v1::Answer CannotRead() { return RuntimeAnswer(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID); }

Token TokenOf(const ledger::v1::Outcome& outcome, Position own) {
  Token token{own};
  if (outcome.has_cause()) token.push_back({outcome.cause().partition(), outcome.cause().index()});
  return token;
}

}  // namespace

ledger::v1::Answer RuntimeAnswer(ledger::v1::RuntimeRefusal reason,
                                 const std::vector<Fact>& facts) {
  ledger::v1::Answer answer;
  answer.mutable_refusal()->set_reason(ledger::v1::RuntimeRefusal_Name(reason));
  for (const Fact& fact : facts) {
    ledger::v1::Fact& added = *answer.mutable_refusal()->add_facts();
    added.set_name(fact.name);
    added.set_value(fact.value);
  }
  return answer;
}

void AckTracker::Repeat(std::uint64_t index, Command& command, Timestamp now) {
  Unread asked{index, command.aggregate.text(), command.request.id(), std::move(command.done_),
               now + kUnreadWait};
  if (ReadBack(asked)) return;
  if (unread_.size() >= kUnreadMax) return asked.done(CannotRead(), {});
  unread_.push_back(std::move(asked));
}

void AckTracker::ReadAgain(Timestamp now) {
  for (Unread& asked : std::exchange(unread_, {})) {
    if (ReadBack(asked)) continue;
    if (now < asked.until) {
      unread_.push_back(std::move(asked));
    } else {
      asked.done(CannotRead(), {});
    }
  }
}

// False: the entry cannot be had now.
bool AckTracker::ReadBack(Unread& asked) const {
  const std::vector<FeedEntry> entries = feed_.ReadAfter(asked.index - 1, 1);
  const std::string entry = "entry " + std::to_string(asked.index);
  if (entries.empty()) {
    DIALTONE_CHECK(asked.index <= feed_.head(), entry + " is answered from before it is valid");
    return false;
  }
  for (const ledger::v1::Outcome& outcome : entries.front().batch->outcomes()) {
    if (outcome.aggregate() != asked.aggregate) continue;
    for (const ledger::v1::Answer& answer : outcome.answers()) {
      if (answer.request_id() != asked.request_id) continue;
      asked.done(answer, TokenOf(outcome, entries.front().at.position));
      return true;
    }
  }
  CheckFailed(__FILE__, __LINE__, "an answer stands in its entry",
              entry + " has none to " + ToHex(asked.request_id));
}

void AckTracker::ReleaseAt(std::uint64_t index, ledger::v1::Answer answer, Command& command) {
  if (index <= feed_.head()) return command.done_(answer, {{feed_.partition(), feed_.head()}});
  at_index_.emplace(index, Late{std::move(answer), std::move(command.done_)});
}

void AckTracker::Refuse(ledger::v1::RuntimeRefusal reason, Command& command,
                        std::vector<Fact> facts) {
  if (command.done_) command.done_(RuntimeAnswer(reason, facts), {});
}

void AckTracker::Valid(const FeedEntry& entry) {
  for (const ledger::v1::Outcome& outcome : entry.batch->outcomes()) {
    if (outcome.answers().empty() || parked_.empty()) continue;
    for (const ledger::v1::Answer& answer : outcome.answers()) {
      const auto found = parked_.find(KeyOf(answer.request_id(), outcome.aggregate()));
      if (found == parked_.end()) continue;
      std::vector<DoneFunction> waiting = std::move(found->second);
      parked_.erase(found);
      for (DoneFunction& done : waiting) done(answer, TokenOf(outcome, entry.at.position));
    }
  }
  while (!at_index_.empty() && at_index_.begin()->first <= entry.at.position.index) {
    Late late = std::move(at_index_.begin()->second);
    at_index_.erase(at_index_.begin());
    late.done(late.answer, {entry.at.position});
  }
}

void AckTracker::Fail(ledger::v1::RuntimeRefusal reason) {
  const ledger::v1::Answer refusal = RuntimeAnswer(reason);
  auto parked = std::exchange(parked_, {});
  auto late = std::exchange(at_index_, {});
  auto unread = std::exchange(unread_, {});
  for (auto& [key, waiting] : parked) {
    for (DoneFunction& done : waiting) done(refusal, {});
  }
  for (auto& [index, waiting] : late) waiting.done(refusal, {});
  for (Unread& asked : unread) asked.done(refusal, {});
}

}  // namespace dialtone::engine
