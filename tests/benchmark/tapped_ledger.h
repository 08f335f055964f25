// A ledger that keeps the first of what is appended to it, and tells a meter of what is stored.
// For one thread, the loop's.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controlplane/engine/ledger/ledger.h"
#include "tests/benchmark/append_meter.h"
#include "tests/benchmark/kafka_records.h"

namespace dialtone::benchmark {

class TappedStore final : public engine::LedgerStore {
 public:
  // Both outlive the store.
  TappedStore(engine::LedgerStore& store, AppendMeter& meter) : meter_(meter) {
    for (std::uint32_t number = 0; number < store.partition_count(); ++number)
      partitions_.push_back(std::make_unique<Tap>(*this, number, store.partition(number)));
  }

  std::uint32_t partition_count() const override {
    return static_cast<std::uint32_t>(partitions_.size());
  }
  engine::Ledger& partition(std::uint32_t partition) override { return *partitions_[partition]; }

  std::vector<TakenRecord> Take() { return std::move(taken_); }

 private:
  static constexpr std::size_t kTakenBytesMax = 64U << 20U;

  class Tap final : public engine::Ledger {
   public:
    Tap(TappedStore& store, std::uint32_t number, engine::Ledger& ledger)
        : store_(store), number_(number), ledger_(ledger) {}

    void Append(std::string record, engine::Cookie cookie) override {
      sizes_.push_back(record.size());
      ++store_.in_flight_;
      store_.Keep(number_, record);
      ledger_.Append(std::move(record), cookie);
    }
    void Poll(
        Duration wait,
        absl::FunctionRef<void(engine::Cookie, const engine::AppendResult&)> completed) override {
      ledger_.Poll(wait, [&](engine::Cookie cookie, const engine::AppendResult& result) {
        if (result.fate != engine::AppendFate::kStored) store_.meter_.Failed();
        store_.meter_.Record(sizes_.front(), store_.in_flight_--, Clock::now());
        sizes_.pop_front();
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
    TappedStore& store_;
    const std::uint32_t number_;
    engine::Ledger& ledger_;
    std::deque<std::size_t> sizes_;  // completions keep their order
  };

  void Keep(std::uint32_t partition, const std::string& record) {
    if (taken_bytes_ > kTakenBytesMax) return;
    taken_bytes_ += record.size();
    taken_.push_back({partition, 0, record});
  }

  AppendMeter& meter_;
  std::vector<std::unique_ptr<Tap>> partitions_;
  std::uint64_t in_flight_ = 0;
  std::vector<TakenRecord> taken_;
  std::size_t taken_bytes_ = 0;
};

}  // namespace dialtone::benchmark
