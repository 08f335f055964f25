// The judge of a simulated world: reads the logs as they are stored at this moment, by itself, from
// their first record on, and says what is not as ledger-protocol.md section 9 has it. What nodes
// believe is no evidence.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/runtime/fold.h"
#include "tests/support/toy_machine.h"

namespace dialtone::simulation {

// The first thing that was wrong; later ones mostly follow from it.
class Complaints {
 public:
  void Say(std::string what) {
    if (first_.empty()) first_ = std::move(what);
  }
  bool any() const { return !first_.empty(); }
  const std::string& first() const { return first_; }

 private:
  std::string first_;
};

struct AuditOptions {
  std::uint32_t partition_count = 1;
  std::size_t requests_max = 1;
};

class Audit {
 public:
  // All outlive the audit.
  Audit(const AuditOptions& options, engine::LedgerStore& store, const policy::Policy& policy,
        Complaints& complaints);

  // What a client is about to ask: a decision is checked against it.
  void NoteAsked(const AggregateKey& aggregate, const ledger::v1::Request& request,
                 const ledger::v1::ExerciseRequest& body);

  // Takes what was stored since, and checks every entry of it.
  void CatchUp();

  // An answer left to a client just now: it must stand in the log as it is stored now.
  void CheckAnswer(const AggregateKey& aggregate, const ledger::v1::Request& request,
                   const ledger::v1::Answer& answer);
  void CheckDryRun(const AggregateKey& aggregate, const ledger::v1::Answer& answer);
  // A fold that claims to be at entry `index`.
  void CheckFold(std::uint32_t partition, std::uint64_t index, const engine::Fold& fold,
                 std::string_view whose);
  // A node believes that the entry `index` counts, and that this is the hash behind it.
  void CheckHead(std::uint32_t partition, const engine::Filter& filter, std::string_view whose);
  // Nothing is under way any more.
  void CheckSettled();

  std::uint64_t index(std::uint32_t partition) const { return parts_[partition].filter.index(); }
  const engine::Fold& fold(std::uint32_t partition) const { return *parts_[partition].fold; }
  std::uint64_t entries() const;
  // What the worlds had to go through: claims that counted, records that did not.
  std::uint64_t claims() const { return claims_; }
  std::uint64_t voids() const { return voids_; }

 private:
  using Step = std::pair<std::uint64_t, std::uint32_t>;                    // index, number
  using StepOf = std::tuple<std::uint32_t, std::uint64_t, std::uint32_t>;  // with its partition
  using RequestOf = std::pair<std::string, std::string>;                   // aggregate, id
  struct Valid {
    Moment at;
    ledger::v1::Batch batch;
  };
  struct Part {
    explicit Part(engine::Filter start) : filter(std::move(start)) {}
    engine::Filter filter;
    std::unique_ptr<engine::Fold> fold;
    engine::Offset next_offset = 0;
    std::uint64_t claimed_term = 0;
    Digest counted_hash{};
    std::vector<Valid> to_fold;
    std::vector<Digest> digests;              // by index
    std::map<StepOf, engine::Command> steps;  // asked of this partition, and not taken yet
    std::map<std::uint32_t, Step> last_step;  // by source
    std::map<std::uint64_t, Digest> hash_at;  // of the filter, by index
  };

  void ReadLog(std::uint32_t partition);
  void TakeRecord(std::uint32_t partition, const engine::StoredRecord& stored);
  void CheckEntry(std::uint32_t partition, const ledger::v1::Entry& entry, const std::string& bytes,
                  Digest before);
  void NoteSteps(const Valid& valid);
  void FoldEntry(std::uint32_t partition, const Valid& valid);
  void CheckOutcome(Part& part, const ledger::v1::Outcome& outcome, const Valid& valid,
                    IdSource& ids);
  void CheckClient(Part& part, const ledger::v1::Outcome& outcome, const Valid& valid,
                   IdSource& ids);
  void CheckStep(Part& part, const ledger::v1::Outcome& outcome, const Valid& valid, IdSource& ids);
  void CheckTimer(Part& part, const ledger::v1::Outcome& outcome, const Valid& valid,
                  IdSource& ids);
  void CheckDecision(Part& part, engine::DecideFunction& decide, const ledger::v1::Outcome& outcome,
                     const Valid& valid, IdSource& ids);
  void NoteFacts(const ledger::v1::Outcome& outcome, const Valid& valid);
  void CheckUsage(const ledger::v1::Outcome& outcome, const ledger::v1::ExerciseRequest& body,
                  const std::string& where);
  std::unique_ptr<engine::Fold> NewFold(std::uint32_t partition) const;
  const testing::Account& AccountOf(const Part& part, const AggregateKey& key) const;

  const AuditOptions options_;
  engine::LedgerStore& store_;
  const policy::Policy& policy_;
  Complaints& complaints_;
  testing::ToyReactor reactor_;
  std::vector<Part> parts_;
  std::map<std::tuple<std::string, std::string, std::string>, ledger::v1::ExerciseRequest>
      asked_;                               // by aggregate, id, body hash
  std::map<RequestOf, std::string> taken_;  // requests that were ever taken in, with the body hash
  std::map<RequestOf, std::string> answers_;
  std::set<std::tuple<std::string, std::string, std::uint64_t>>
      counted_;                                             // by aggregate, source, sequence
  std::map<std::string, std::set<std::int64_t>> balances_;  // that the account ever had
  std::int64_t deposited_ = 0;
  std::uint64_t claims_ = 0;
  std::uint64_t voids_ = 0;
};

}  // namespace dialtone::simulation
