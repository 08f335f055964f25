#include "controlplane/engine/runtime/machine.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "controlplane/kernel/context.h"
#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

constexpr Timestamp kNoon = Timestamp::Micros(1'700'000'000'000'000);
const AggregateKey kAlice = testing::AccountKey(1);
const AggregateKey kBob = testing::AccountKey(2);

ledger::v1::Outcome Counted(const AggregateKey& key, std::uint64_t sequence) {
  ledger::v1::Outcome outcome;
  outcome.set_aggregate(key.text());
  auto& counted = *outcome.add_events()->mutable_exercise()->mutable_usage_counted();
  counted.set_source("source");
  counted.set_sequence(sequence);
  counted.set_amount(7);
  return outcome;
}

ledger::v1::Outcome TimerSet(const AggregateKey& key, const std::string& name, Timestamp due) {
  ledger::v1::Outcome outcome;
  outcome.set_aggregate(key.text());
  auto& timer = *outcome.add_events()->mutable_exercise()->mutable_timer_set();
  timer.set_name(name);
  timer.set_due_micros(due.micros());
  return outcome;
}

std::map<std::string, std::string> RowsOf(const Machine& machine) {
  std::map<std::string, std::string> rows;
  machine.ForEachRow([&](std::string_view key, std::string_view row) { rows.emplace(key, row); });
  return rows;
}

TEST(Machine, ShowsAnEmptyAggregateWhereNothingHappened) {
  const testing::ToyMachine machine;
  EXPECT_EQ(machine.account(kAlice).balance(), 0);
  EXPECT_TRUE(RowsOf(machine).empty());
}

TEST(Machine, GivesTouchedRowsOnceHoweverOftenTheyWereTouched) {
  testing::ToyMachine machine;
  machine.Evolve(Counted(kAlice, 1), {{0, 1}, kNoon});
  machine.Evolve(Counted(kAlice, 2), {{0, 1}, kNoon});
  RowBatch rows;
  machine.TakeTouched(rows);
  EXPECT_EQ(rows.size(), 2u);  // the account, and its usage
  rows.clear();
  machine.TakeTouched(rows);
  EXPECT_TRUE(rows.empty());
}

TEST(Machine, TouchesNothingForAnOutcomeWithoutEvents) {
  testing::ToyMachine machine;
  ledger::v1::Outcome refused;
  refused.set_aggregate(kAlice.text());
  machine.Evolve(refused, {{0, 1}, kNoon});
  RowBatch rows;
  machine.TakeTouched(rows);
  EXPECT_TRUE(rows.empty());
}

TEST(Machine, NamesWhatIsDueFirstInAnyAggregate) {
  testing::ToyMachine machine;
  machine.Evolve(TimerSet(kAlice, "late", kNoon + Duration::Seconds(9)), {{0, 1}, kNoon});
  machine.Evolve(TimerSet(kBob, "early", kNoon + Duration::Seconds(3)), {{0, 2}, kNoon});
  EXPECT_EQ(machine.NextDeadline(), kNoon + Duration::Seconds(3));
  EXPECT_EQ(machine.Due().aggregate, kBob);
  machine.Evolve(TimerSet(kBob, "early", kNoon + Duration::Seconds(20)), {{0, 3}, kNoon});
  EXPECT_EQ(machine.Due().aggregate, kAlice);
}

TEST(Machine, ReadsBackWhatVoidEntriesTouchedAndWhatIsDerivedFromIt) {
  testing::ToyMachine machine;
  machine.Evolve(TimerSet(kAlice, "kept", kNoon + Duration::Seconds(9)), {{0, 1}, kNoon});
  RowBatch ignored;
  machine.TakeTouched(ignored);
  const auto stored = RowsOf(machine);

  machine.Evolve(TimerSet(kAlice, "void", kNoon + Duration::Seconds(1)), {{0, 2}, kNoon});
  machine.Evolve(Counted(kBob, 1), {{0, 2}, kNoon});
  RowBatch touched;
  machine.TakeTouched(touched);
  machine.Reload(touched, [&](std::string_view key) -> std::optional<std::string> {
    const auto row = stored.find(std::string(key));
    return row == stored.end() ? std::nullopt : std::optional(row->second);
  });

  EXPECT_EQ(RowsOf(machine), stored);
  EXPECT_EQ(machine.NextDeadline(), kNoon + Duration::Seconds(9));
  EXPECT_EQ(machine.account(kBob).balance(), 0);
}

TEST(Machine, IsTheSameWhenItIsReadFromItsRows) {
  testing::ToyMachine machine;
  machine.Evolve(TimerSet(kAlice, "timer", kNoon), {{0, 1}, kNoon});
  machine.Evolve(Counted(kBob, 1), {{0, 1}, kNoon});
  testing::ToyMachine restored;
  for (const auto& [key, row] : RowsOf(machine)) restored.Restore(key, row);
  restored.Derive();
  EXPECT_EQ(RowsOf(restored), RowsOf(machine));
  EXPECT_EQ(restored.NextDeadline(), machine.NextDeadline());
}

TEST(MachineDeathTest, DoesNotPassOverARowOfATableItDoesNotKnow) {
  testing::ToyMachine machine;
  const std::string key = kAlice.text() + std::string("\0\x09\x09", 3);
  EXPECT_DEATH(machine.Restore(key, ""), "which this binary does not know");
}

}  // namespace
}  // namespace dialtone::engine
