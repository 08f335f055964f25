// Reads the partitions of a topic for any thread. What is appended now is followed by one consumer
// and kept for a while; what lies further back is read by another, for one reader at a time.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

// Follows every partition from where it ended when it was opened.
class KafkaTail {
 public:
  // `ends` outlives the tail.
  static LedgerExpected<std::unique_ptr<KafkaTail>> Open(const KafkaOptions& options,
                                                         KafkaEnds& ends);
  ~KafkaTail();
  KafkaTail(const KafkaTail&) = delete;
  KafkaTail& operator=(const KafkaTail&) = delete;

  // None if `from` lies before what is kept. Waits up to `wait` for what is on its way up to `end`.
  std::optional<ReadResult> Read(std::uint32_t partition, Offset from, Offset end,
                                 std::size_t bytes_max, Duration wait) const;

 private:
  struct Window {
    std::deque<StoredRecord> records;
    std::size_t bytes = 0;
    Offset begin = 0;  // all records from here
    Offset next = 0;   // up to here
  };

  KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaHandle client, KafkaTopic topic);
  LedgerExpected<void> Start();
  void Serve();
  bool Take(const rd_kafka_message_t& message);

  const KafkaOptions options_;
  KafkaEnds& ends_;
  const KafkaHandle client_;
  const KafkaTopic topic_;
  const KafkaQueue queue_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::vector<Window> windows_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Reads from any offset on; goes on where it stopped without asking again.
class KafkaHistory {
 public:
  static LedgerExpected<std::unique_ptr<KafkaHistory>> Open(const KafkaOptions& options);
  ~KafkaHistory();
  KafkaHistory(const KafkaHistory&) = delete;
  KafkaHistory& operator=(const KafkaHistory&) = delete;

  struct Bounds {
    Offset begin = 0;
    Offset end = 0;
  };
  // Asks the brokers.
  LedgerExpected<Bounds> AskBounds(std::uint32_t partition, Duration timeout) const;
  // Records from `from` on, at least one if it comes within `wait`, and none at or behind `end`.
  ReadResult Read(std::uint32_t partition, Offset from, Offset end, std::size_t bytes_max,
                  Duration wait);

  rd_kafka_t& client() const { return *client_; }
  rd_kafka_topic_t& topic() const { return *topic_; }

 private:
  struct Place {
    std::uint32_t partition = 0;
    Offset next = 0;
    friend bool operator==(const Place&, const Place&) = default;
  };

  KafkaHistory(const KafkaOptions& options, KafkaHandle client, KafkaTopic topic);
  void GoTo(const Place& place);
  void Leave();

  const KafkaOptions options_;
  const KafkaHandle client_;
  const KafkaTopic topic_;
  std::mutex mutex_;
  KafkaQueue queue_;         // of the partition that is being read
  std::optional<Place> at_;  // what comes next in it
  KafkaMessage held_;        // came, and did not fit the page before
};

class KafkaReader {
 public:
  KafkaReader(KafkaEnds& ends, KafkaTail& tail, KafkaHistory& history)
      : ends_(ends), tail_(tail), history_(history) {}

  // As Ledger::Read. While brokers cannot be reached, a record that is known to be there is waited
  // for; in the end the answer is empty, and says that it is not the log's end.
  ReadResult Read(std::uint32_t partition, Offset from, std::size_t bytes_max, Duration wait) const;

 private:
  KafkaEnds& ends_;
  KafkaTail& tail_;
  KafkaHistory& history_;
};

}  // namespace dialtone::engine
