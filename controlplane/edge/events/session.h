// One go at publishing: a producer, and how far each partition is. Ends when the producer does;
// whoever begins anew asks the topic how far it came. What ails one partition halts that one.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/edge/events/publisher.h"
#include "controlplane/edge/events/topic_ends.h"
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
  void Leave(std::uint32_t partition);
  // Takes what brokers have answered, the first of it within `wait`; gives how many more events
  // they have.
  std::uint64_t TakeAnswers(Duration wait);
  // A partition waits for brokers' reports before it hands over more.
  bool is_full() const;
  // A partition waits for where to begin.
  bool is_asking() const;
  // Why there is no going on; empty: there is.
  const std::string& failure() const { return failure_; }
  // Entries that wait, of partitions owned here.
  std::uint64_t behind() const;

 private:
  using Clock = std::chrono::steady_clock;

  struct Progress {
    // The last event that was handed over, or that the topic had; none: to be asked.
    std::optional<EventPlace> cursor;
    bool is_asked = false;
    Clock::time_point ask_at;  // not before
    std::string trouble;       // the last that was told; empty: none
    Clock::time_point left_at;
    std::uint64_t open = 0;      // handed over, and not reported
    std::uint64_t reported = 0;  // index of the newest event that was
  };

  Session(const engine::KafkaOptions& options, const EventSource& source);
  void AskCursor(std::uint32_t partition);
  void TakeEnds();
  // Until it is asked again, or left.
  void Pause(std::uint32_t partition, const EndTrouble& trouble);
  void Tell(std::uint32_t partition, const std::string& text) const;
  bool Send(std::uint32_t partition, const CloudEvent& event);
  void TakeReport(const engine::KafkaReport& report);
  void Fail(std::string why);

  const engine::KafkaOptions& options_;
  const EventSource& source_;
  const std::string cluster_source_;
  std::vector<Progress> partitions_;
  std::uint64_t stored_ = 0;  // since the last TakeReports
  std::string failure_;
  std::unique_ptr<TopicEnds> ends_;
  std::unique_ptr<engine::KafkaProducer> producer_;
};

}  // namespace dialtone::events
