// How fast a view is built from nothing, and how soon a token is reached. Small events on a ledger
// in memory; each event reads and writes one row, and adds one.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <string>
#include <vector>

#include "tests/unit/projections/kernel/accounts.h"

namespace dialtone::projections {
namespace {

constexpr int kEvents = 1'000'000;
constexpr int kEventsInEntry = 50;
constexpr int kAggregates = 10'000;
constexpr int kTokens = 2'000;

double Seconds(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

void Fill(engine::FeedLedger& ledger) {
  int event = 0;
  while (event < kEvents) {
    ledger::v1::Batch batch;
    for (int i = 0; i < kEventsInEntry; ++i, ++event)
      *batch.add_outcomes() = Started("organizations/o" + std::to_string(event % kAggregates), 1);
    ledger.Append(static_cast<std::uint32_t>(event / kEventsInEntry % 8), std::move(batch));
  }
}

void MeasureBuild(const TemporaryFolder& folder, engine::FeedLedger& ledger) {
  const double began = Seconds(CLOCK_MONOTONIC);
  const double cpu_began = Seconds(CLOCK_PROCESS_CPUTIME_ID);
  const auto view = Open(folder, ledger);
  DIALTONE_CHECK(view->WaitFor(HeadOf(ledger), In(std::chrono::minutes(5))).has_value(), "built");
  const double wall = Seconds(CLOCK_MONOTONIC) - began;
  const double cpu = Seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu_began;
  std::printf("build: %d events, %.0f k events/s, %.0f k events/s a core (all threads' time)\n",
              kEvents, kEvents / wall / 1'000, kEvents / cpu / 1'000);
}

void MeasureTokens(const TemporaryFolder& folder, engine::FeedLedger& ledger) {
  const auto view = Open(folder, ledger);
  DIALTONE_CHECK(view->WaitFor(HeadOf(ledger), Soon()).has_value(), "open");
  std::vector<double> micros;
  for (int i = 0; i < kTokens; ++i) {
    const Position at = ledger.Append(0, Started("organizations/o1", 1));
    const double began = Seconds(CLOCK_MONOTONIC);
    DIALTONE_CHECK(view->WaitFor(TokenOf(ledger, at), Soon()).has_value(), "reached");
    micros.push_back((Seconds(CLOCK_MONOTONIC) - began) * 1e6);
  }
  std::sort(micros.begin(), micros.end());
  std::printf("token: reached after %.0f us p50, %.0f us p99\n", micros[kTokens / 2],
              micros[kTokens * 99 / 100]);
}

}  // namespace
}  // namespace dialtone::projections

int main() {
  const dialtone::TemporaryFolder folder;
  dialtone::engine::FeedLedger ledger(8);
  dialtone::projections::Fill(ledger);
  ledger.Restart();  // all of it is read from the ledger
  dialtone::projections::MeasureBuild(folder, ledger);
  dialtone::projections::MeasureTokens(folder, ledger);
}
