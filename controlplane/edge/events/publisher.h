// Publishes the events of the partitions that this node owns to a topic for others, from a thread
// of its own. Partition n of the topic has the events of partition n of the ledger, in order, each
// at least once: README.md.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/edge/events/cloud_event.h"
#include "controlplane/engine/ledger/kafka_handles.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger_error.h"
#include "controlplane/engine/runtime/feed.h"

namespace dialtone::events {

// Where a publisher reads. All of it outlives the publisher.
struct EventSource {
  std::string cluster_id;                  // 16 bytes
  std::vector<const engine::Feed*> feeds;  // by partition
  engine::FeedSignal& signal;
  // Which partitions are owned here, by number. Called in the publisher's thread, often.
  std::function<std::vector<bool>()> owned;
};

struct PublisherStats {
  std::uint64_t published = 0;    // events that the brokers have
  std::uint64_t interrupted = 0;  // times that publishing began anew, after its producer failed
  std::uint64_t behind = 0;       // entries, of the partitions owned here
};

// Of the topic beside a ledger's: `dialtone.events.v1`, or `<topic>.events`.
engine::KafkaOptions EventOptionsOf(const engine::KafkaOptions& ledger);

class Publisher {
 public:
  // Makes the topic if it is not there, checks it, and starts.
  static engine::LedgerExpected<std::unique_ptr<Publisher>> Open(
      const engine::KafkaOptions& options, EventSource source);
  ~Publisher();  // stops; what was not published is published by the next owner
  Publisher(const Publisher&) = delete;
  Publisher& operator=(const Publisher&) = delete;

  PublisherStats stats() const;  // any thread

 private:
  class Session;

  Publisher(const engine::KafkaOptions& options, EventSource source);
  void Serve();
  void PublishUntilFailure(Session& session);

  const engine::KafkaOptions options_;
  const EventSource source_;
  std::atomic<std::uint64_t> published_{0};
  std::atomic<std::uint64_t> interrupted_{0};
  std::atomic<std::uint64_t> behind_{0};
  std::mutex mutex_;
  std::condition_variable stop_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace dialtone::events
