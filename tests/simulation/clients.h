// The clients of a simulated world: they ask, hear nothing, ask again with the same request id,
// mistake ids, come late, and compare what they are told.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/engine/runtime/command.h"
#include "tests/simulation/audit.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/story.h"

namespace dialtone::simulation {

class Clients {
 public:
  struct Surroundings {
    Audit& audit;
    Complaints& complaints;
    Chance& chance;
    Story& story;
  };

  Clients(std::uint64_t account_count, const Surroundings& with);

  // What one of them sends now; valid until the next call.
  engine::Command Next(Timestamp now);
  // Each that still waits for an answer, to be sent once more.
  std::vector<std::size_t> Waiting() const;
  engine::Command Again(std::size_t op);

  struct Told {
    std::uint64_t first = 0;    // answers to a request
    std::uint64_t again = 0;    // the same once more
    std::uint64_t too_old = 0;  // or reused
    std::uint64_t unknown = 0;  // to ask again
  };
  const Told& told() const { return told_; }

 private:
  struct Op {
    AggregateKey aggregate;
    ledger::v1::Request request;
    ledger::v1::ExerciseRequest body;
    std::optional<std::string> first_answer;  // serialised
    bool is_settled = false;                  // nothing more is to be learnt
  };

  std::size_t NewOp(Timestamp now);
  ledger::v1::ExerciseRequest NewBody(const AggregateKey& aggregate);
  ledger::v1::ExerciseRequest NewUsage(const AggregateKey& aggregate);
  Timestamp NewIssueTime(Timestamp now);
  engine::Command DryRun(Timestamp now);
  std::size_t WithAnotherBody(const Op& op);
  std::size_t Add(Op op);
  void Hear(std::size_t op, const ledger::v1::Answer& answer);

  const std::uint64_t account_count_;
  Surroundings with_;
  std::vector<std::unique_ptr<Op>> ops_;
  std::map<std::string, std::uint64_t> last_sequence_;  // by account and source
  std::uint64_t salt_ = 0;
  Told told_;
};

}  // namespace dialtone::simulation
