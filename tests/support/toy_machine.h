// A small world for the engine's tests: accounts that send each other money, set timers and count
// usage. It has what a slice has: refusals, requests that another aggregate's answer closes, rows,
// and state that is derived from them.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "controlplane/engine/runtime/machine.h"
#include "controlplane/engine/runtime/reactor.h"
#include "controlplane/kernel/deadlines.h"
#include "controlplane/kernel/sequence_window.h"
#include "controlplane/kernel/table.h"
#include "dialtone/ledger/v1/exercise.pb.h"
#include "dialtone/ledger/v1/exercise_machine.pb.h"

namespace dialtone::testing {

inline constexpr std::int64_t kBalanceMax = 1'000;  // what would go beyond is sent back

class Account final : public Aggregate {
 public:
  void ForEachTable(VisitTable visit) override;
  void Derive() override;
  std::optional<Timestamp> NextDeadline() const override;

  void Apply(const ledger::v1::ExerciseEvent& event);

  std::int64_t balance() const { return account_.get().balance(); }
  std::uint64_t timers_fired() const { return account_.get().timers_fired(); }
  // Derived: money that left, and did not arrive yet.
  std::int64_t on_its_way() const { return on_its_way_; }
  const std::string& first_timer() const { return deadlines_.First()->what; }
  bool IsPending(const std::string& request_id) const { return transfers_.Has(request_id); }
  SequenceWindow::Place PlaceOf(const std::string& source, std::uint64_t sequence) const;

 private:
  void Apply(const ledger::v1::TransferStarted& event);
  void Apply(const ledger::v1::TransferReceived& event);
  void Apply(const ledger::v1::TransferSettled& event);
  void Apply(const ledger::v1::TimerSet& event);
  void Apply(const ledger::v1::TimerFired& event);
  void Apply(const ledger::v1::UsageCounted& event);
  void Add(std::int64_t amount);

  Single<ledger::v1::AccountRow> account_;
  Table<std::string, ledger::v1::TransferRow> transfers_;  // by request id
  Table<std::string, ledger::v1::TimerRow> timers_;
  Table<std::string, ledger::v1::UsageRow> usage_;
  std::int64_t on_its_way_ = 0;
  Deadlines deadlines_;
};

class ToyMachine : public engine::Machine {
 public:
  const Account& account(const AggregateKey& key) const {
    return static_cast<const Account&>(Get(key));
  }

 protected:
  std::unique_ptr<Aggregate> NewAggregate(const std::string& key) const override;
  void EvolveEvent(Aggregate& aggregate, const Event& event, Moment at) override;
  engine::DecideFunction DueFunction(const AggregateKey& key,
                                     const Aggregate& aggregate) const override;
};

class ToyReactor final : public engine::Reactor {
 public:
  void React(const ledger::v1::Outcome& outcome, Moment at,
             absl::FunctionRef<void(engine::Command)> step) const override;
};

// What a client asks of an account.
engine::DecideFunction DecideToy(const AggregateKey& key, ledger::v1::ExerciseRequest request);

AggregateKey AccountKey(std::uint64_t number);

// A UUIDv7 minted at `at`, the rest of it from `salt`.
std::string ToyRequestId(Timestamp at, std::uint64_t salt);
ledger::v1::Request ToyRequest(std::string id, const ledger::v1::ExerciseRequest& body);

ledger::v1::ExerciseRequest Transfer(const AggregateKey& to, std::int64_t amount);
ledger::v1::ExerciseRequest SetTimer(const std::string& name, Duration span);
ledger::v1::ExerciseRequest CountUsage(const std::string& source, std::uint64_t sequence,
                                       std::int64_t amount);
ledger::v1::ExerciseRequest GetBalance();

}  // namespace dialtone::testing
