// A read model for tests of the view: sums per aggregate, and a line for every event. Counting
// twice or leaving out shows in both.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "dialtone/ledger/v1/exercise.pb.h"
#include "projections/kernel/projection.h"
#include "projections/kernel/view.h"
#include "tests/support/feed_ledger.h"
#include "tests/support/memory_view.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::projections {

inline constexpr RowTable<ledger::v1::TransferStarted> kSums{1};
inline constexpr RowTable<ledger::v1::TransferStarted> kLines{2};

struct AccountsOptions {
  std::uint32_t version = 1;
  std::string name = "accounts";
  std::int64_t factor = 1;  // what another version does otherwise
  // In the view's thread, before each outcome.
  std::function<void()> before = [] {};
};

class Accounts final : public Projection {
 public:
  explicit Accounts(AccountsOptions options = {}) : options_(std::move(options)) {}
  std::string_view Name() const override { return options_.name; }
  std::uint32_t Version() const override { return options_.version; }
  void Project(const ledger::v1::Outcome& outcome, Moment at, RowWriter& rows) const override {
    options_.before();
    std::uint64_t ordinal = 0;
    for (const ledger::v1::Event& event : outcome.events()) {
      const ledger::v1::ExerciseEvent& exercise = event.exercise();
      if (!exercise.has_transfer_started()) return rows.Unknown(exercise);
      const std::int64_t amount = exercise.transfer_started().amount() * options_.factor;
      rows.Update(kSums, Key(outcome.aggregate()),
                  [&](auto& row) { row.set_amount(row.amount() + amount); });
      rows.Put(kLines, Key(outcome.aggregate(), at.position.index, ordinal++),
               exercise.transfer_started());
    }
  }

 private:
  const AccountsOptions options_;
};

inline ledger::v1::Outcome Started(const std::string& aggregate, std::int64_t amount) {
  ledger::v1::Outcome outcome;
  outcome.set_aggregate(aggregate);
  outcome.add_events()->mutable_exercise()->mutable_transfer_started()->set_amount(amount);
  return outcome;
}
inline ledger::v1::Outcome UnknownToAccounts() {
  ledger::v1::Outcome outcome = Started("contoso", 1);
  outcome.add_events()->mutable_exercise()->mutable_timer_set()->set_name("later");
  return outcome;
}

inline Deadline In(std::chrono::milliseconds span) {
  return std::chrono::steady_clock::now() + span;
}
inline Deadline Soon() { return In(std::chrono::seconds(30)); }

inline std::int64_t SumOf(const Snapshot& snapshot, const std::string& aggregate) {
  const auto row = snapshot.Get(kSums, Key(aggregate));
  return row ? row->amount() : 0;
}

// All that a snapshot shows.
inline std::vector<std::string> RowsOf(const Snapshot& snapshot) {
  std::vector<std::string> rows;
  for (const auto table : {kSums, kLines})
    for (const auto& row : snapshot.Scan(table, {}, 1'000'000))
      rows.push_back(row.key + row.row.SerializeAsString());
  return rows;
}

// What a view must show that has read these feeds from the first entry on.
inline std::vector<std::string> FreshRows(const engine::FeedLedger& ledger,
                                          AccountsOptions options = {}) {
  const Accounts projection(std::move(options));
  MemoryView view(projection);
  for (const engine::Feed* const feed : ledger.feeds()) {
    for (std::uint64_t index = 0; index < feed->head();) {
      for (const engine::FeedEntry& entry : feed->ReadAfter(index, 1U << 20U)) {
        for (const auto& outcome : entry.batch->outcomes()) view.Project(outcome, entry.at);
        index = entry.at.position.index;
      }
    }
  }
  return RowsOf(view.TakeSnapshot());
}

inline ConsistencyToken HeadOf(const engine::FeedLedger& ledger) {
  ConsistencyToken token(ledger.cluster_id());
  for (const engine::Feed* const feed : ledger.feeds())
    token.Add({feed->partition(), feed->head()});
  return token;
}
inline ConsistencyToken TokenOf(const engine::FeedLedger& ledger, Position position) {
  return ConsistencyToken(ledger.cluster_id(), {position});
}

inline tl::expected<std::unique_ptr<View>, std::string> TryOpen(const TemporaryFolder& folder,
                                                                engine::FeedLedger& ledger,
                                                                AccountsOptions options = {},
                                                                ViewLimits limits = {}) {
  return View::Open(folder.path() / "views", std::make_unique<Accounts>(std::move(options)),
                    {ledger.cluster_id(), ledger.feeds(), ledger.signal()}, limits);
}
inline std::unique_ptr<View> Open(const TemporaryFolder& folder, engine::FeedLedger& ledger,
                                  AccountsOptions options = {}, ViewLimits limits = {}) {
  auto view = TryOpen(folder, ledger, std::move(options), limits);
  DIALTONE_CHECK(view.has_value(), view.error());
  return std::move(*view);
}

}  // namespace dialtone::projections
