// The ledger on Kafka: a topic of as many partitions, which many nodes append to and read. Made
// new, each partition begins with its genesis record; opened, the topic's settings and beginnings
// are checked. ledger-protocol.md sections 4 and 8; kafka_appender.h and kafka_reader.h do the
// work.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "controlplane/engine/ledger/kafka_appender.h"
#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/kafka_reader.h"
#include "controlplane/engine/ledger/kafka_stats.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/engine/ledger/record.h"

namespace dialtone::engine {

class KafkaLedgerStore final : public LedgerStore {
 public:
  // Opens the ledger of a topic, or makes both, of a cluster of its own.
  static LedgerExpected<std::unique_ptr<KafkaLedgerStore>> Open(const KafkaOptions& options,
                                                                RandomBits random);
  ~KafkaLedgerStore() override;

  std::uint32_t partition_count() const override;
  Ledger& partition(std::uint32_t partition) override;
  const ClusterId& cluster() const { return cluster_; }

  // `tell` hears whenever Poll or Read may have something new. Called by any thread; may ask
  // for Damage and End, nothing else, and must not wait.
  void OnNews(std::function<void()> tell) { ends_.OnNews(std::move(tell)); }
  KafkaStats stats() const;

 private:
  class Partition;

  KafkaLedgerStore(const KafkaOptions& options, std::vector<Offset> ends,
                   std::unique_ptr<KafkaHistory> history);
  LedgerExpected<void> Start();
  std::optional<Offset> AskAndCompareEnd(std::uint32_t partition);
  bool AllBegun() const;
  LedgerExpected<void> Begin(RandomBits random);
  LedgerExpected<void> WriteGenesis(std::uint32_t partition, const ClusterId& cluster);
  LedgerExpected<ClusterId> ReadGenesis(std::uint32_t partition) const;
  LedgerExpected<void> CheckUnused();
  ReadResult ReadEarly(std::uint32_t partition, std::size_t bytes_max) const;

  const KafkaOptions options_;
  KafkaEnds ends_;
  const std::unique_ptr<KafkaHistory> history_;
  std::unique_ptr<KafkaTail> tail_;
  std::unique_ptr<KafkaAppender> appender_;
  std::unique_ptr<KafkaReader> reader_;
  ClusterId cluster_;
  std::vector<std::unique_ptr<Partition>> partitions_;
};

}  // namespace dialtone::engine
