// A ledger whose appends are timed, from the handing over to the completion.
#pragma once

#include <prometheus/histogram.h>

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::server {

class TimedLedger final : public engine::Ledger {
 public:
  TimedLedger(engine::Ledger& ledger, prometheus::Histogram& seconds)
      : ledger_(ledger), seconds_(seconds) {}

  void Append(std::string record, engine::Cookie cookie) override {
    appended_.push_back(std::chrono::steady_clock::now());
    ledger_.Append(std::move(record), cookie);
  }
  void Poll(
      Duration wait,
      absl::FunctionRef<void(engine::Cookie, const engine::AppendResult&)> completed) override {
    ledger_.Poll(wait, [&](engine::Cookie cookie, const engine::AppendResult& result) {
      const std::chrono::duration<double> took =
          std::chrono::steady_clock::now() - appended_.front();
      appended_.pop_front();
      seconds_.Observe(took.count());
      completed(cookie, result);
    });
  }
  engine::ReadResult Read(engine::Offset from, std::size_t bytes_max,
                          Duration wait) const override {
    return ledger_.Read(from, bytes_max, wait);
  }
  engine::Offset End() const override { return ledger_.End(); }
  std::string Damage() const override { return ledger_.Damage(); }

 private:
  engine::Ledger& ledger_;
  prometheus::Histogram& seconds_;
  std::deque<std::chrono::steady_clock::time_point> appended_;  // completions keep their order
};

class TimedLedgerStore final : public engine::LedgerStore {
 public:
  // Both outlive the store.
  TimedLedgerStore(engine::LedgerStore& store, prometheus::Histogram& seconds) {
    for (std::uint32_t i = 0; i < store.partition_count(); ++i)
      partitions_.push_back(std::make_unique<TimedLedger>(store.partition(i), seconds));
  }
  std::uint32_t partition_count() const override {
    return static_cast<std::uint32_t>(partitions_.size());
  }
  engine::Ledger& partition(std::uint32_t partition) override { return *partitions_[partition]; }

 private:
  std::vector<std::unique_ptr<TimedLedger>> partitions_;
};

}  // namespace dialtone::server
