// One go at publishing: a producer, and how far each partition is. Ends with the first failure;
// whoever begins anew asks the topic how far it came.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_producer.h"

namespace dialtone::events {

// One thread.
class Publisher::Session {
 public:
  static engine::LedgerExpected<std::unique_ptr<Session>> Open(const engine::KafkaOptions& options,
                                                               const EventSource& source);
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  // Hands over what is next of a partition that is owned here, if there is room. True if there may
  // be more.
  bool Publish(std::uint32_t partition);
  // The partition is not owned here: who owns it publishes it.
  void Leave(std::uint32_t partition) { partitions_[partition].cursor.reset(); }
  // Takes the brokers' reports that are there; gives how many more events they have.
  std::uint64_t TakeReports();
  // Why there is no going on; empty: there is.
  const std::string& failure() const { return failure_; }
  // Entries that wait, of partitions owned here.
  std::uint64_t behind() const;

 private:
  struct Progress {
    // The last event that was handed over, or that the topic had; none: to be asked.
    std::optional<EventPlace> cursor;
    std::uint64_t open = 0;      // handed over, and not reported
    std::uint64_t reported = 0;  // index of the newest event that was
  };

  Session(const engine::KafkaOptions& options, const EventSource& source,
          engine::KafkaClient asker);
  bool AskCursor(std::uint32_t partition);
  bool Send(std::uint32_t partition, const CloudEvent& event);
  void TakeReport(const engine::KafkaReport& report);
  void Fail(std::string why);

  const engine::KafkaOptions& options_;
  const EventSource& source_;
  const std::string cluster_source_;
  const engine::KafkaClient asker_;
  std::vector<Progress> partitions_;
  std::uint64_t stored_ = 0;  // since the last TakeReports
  std::string failure_;
  std::unique_ptr<engine::KafkaProducer> producer_;
};

}  // namespace dialtone::events
