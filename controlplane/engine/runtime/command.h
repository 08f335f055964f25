// What the runtime decides: a client's request, a step that another aggregate's outcome asks for,
// or something due.
#pragma once

#include <absl/functional/any_invocable.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/kernel/aggregate.h"
#include "controlplane/kernel/context.h"
#include "controlplane/kernel/decision.h"
#include "controlplane/kernel/position.h"
#include "dialtone/ledger/v1/outcome.pb.h"

namespace dialtone::engine {

class Machine;

// The positions that a reader must have seen to see what the command did: its own, and those of
// what led to it.
using Token = std::vector<Position>;

// What a decision adds to the ledger, before the runtime says for whom and why: events and answers.
using Decided = tl::expected<ledger::v1::Outcome, Rejection>;
using DecideFunction = absl::AnyInvocable<Decided(const Machine&, Context&)>;
using DoneFunction = absl::AnyInvocable<void(const ledger::v1::Answer&, const Token&)>;

enum class Mode : std::uint8_t {
  kCommit,  // decide, and append what was decided
  kDryRun,  // decide, and tell when what it saw is valid; nothing is appended or remembered
};

class Command {
 public:
  // A client's. `done` is called once, in the loop's thread.
  static Command FromClient(AggregateKey aggregate, ledger::v1::Request request, Mode mode,
                            DecideFunction decide, DoneFunction done) {
    Command command(std::move(aggregate), std::move(decide));
    command.request = std::move(request);
    command.mode = mode;
    command.done_ = std::move(done);
    return command;
  }
  // A step: the runtime adds its cause. Something due: it has none.
  Command(AggregateKey key, DecideFunction function)
      : aggregate(std::move(key)), decide(std::move(function)) {}

  AggregateKey aggregate;
  ledger::v1::Request request;             // no id: not a client's
  std::optional<ledger::v1::Cause> cause;  // of a step
  Mode mode = Mode::kCommit;
  DecideFunction decide;
  std::vector<RuleTrace>* trace =
      nullptr;  // of a dry run: where the rules go; outlives the command

 private:
  friend class AckTracker;  // the only one that may release a reply
  DoneFunction done_;
};

// A decision's outcome as the ledger takes it.
template <class Reply>
Decided ToOutcome(Verdict<Reply> verdict, const RequestId& request) {
  if (!verdict) return tl::unexpected<Rejection>(std::move(verdict.error()));
  ledger::v1::Outcome outcome;
  for (Event& event : verdict->events) *outcome.add_events() = std::move(event);
  for (ledger::v1::Answer& answer : verdict->answers) *outcome.add_answers() = std::move(answer);
  if constexpr (!std::is_same_v<Reply, Nothing>) {
    if (verdict->reply && !request.empty())
      *outcome.add_answers() = internal::AnswerOf(request, *verdict->reply);
  }
  return outcome;
}

}  // namespace dialtone::engine
