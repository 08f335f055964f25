// Reads the partitions of a topic for any thread. What is appended now is followed by one consumer
// and kept for a while; what lies further back is fetched by another, a partition for one reader at
// a time. Nobody waits for brokers who does not want to.
#pragma once

#include <atomic>
#include <chrono>
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

// The newest records of a partition, as a consumer hands them over, and nothing that has a hole: a
// consumer goes on behind what it could not read, after an error or without one.
class KafkaWindow {
 public:
  explicit KafkaWindow(Offset from) : begin_(from), next_(from) {}

  // Offsets between the last record and this one may hold records: whoever wants them reads back.
  void Take(StoredRecord record);
  // The log ends there now.
  void TakeEnd(Offset end);

  bool Has(Offset from) const { return from >= begin_; }  // all records from there on
  // None if it has not.
  std::optional<ReadResult> Read(Offset from, std::size_t bytes_max) const;
  Offset next() const { return next_; }  // where it goes on

 private:
  void GoOnFrom(Offset offset);

  std::deque<StoredRecord> records_;
  std::size_t bytes_ = 0;
  Offset begin_;  // all records from here
  Offset next_;   // up to here
};

// Follows every partition from where it ended when it was opened.
class KafkaTail {
 public:
  // `ends` outlives the tail.
  static LedgerExpected<std::unique_ptr<KafkaTail>> Open(const KafkaOptions& options,
                                                         KafkaEnds& ends);
  ~KafkaTail();
  KafkaTail(const KafkaTail&) = delete;
  KafkaTail& operator=(const KafkaTail&) = delete;

  using Deadline = std::chrono::steady_clock::time_point;
  // None if `from` lies before what is kept. Waits for what is on its way up to `end`.
  std::optional<ReadResult> Read(std::uint32_t partition, Offset from, Offset end,
                                 std::size_t bytes_max, Deadline deadline) const;

 private:
  struct Lane {
    KafkaWindow window;
    mutable bool awaited = false;  // a reader went away without what was on its way
  };

  KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaClient client);
  LedgerExpected<void> Start();
  void Serve();
  bool Take(const rd_kafka_message_t& message);
  Offset NextOf(std::uint32_t partition) const;

  const KafkaOptions options_;
  KafkaEnds& ends_;
  const KafkaClient client_;
  const KafkaQueue queue_;
  mutable std::mutex mutex_;
  mutable std::condition_variable moved_;
  std::vector<Lane> lanes_;  // by partition
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

// Fetches from any offset on, ahead of its reader.
class KafkaHistory {
 public:
  static LedgerExpected<std::unique_ptr<KafkaHistory>> Open(const KafkaOptions& options);
  ~KafkaHistory();
  KafkaHistory(const KafkaHistory&) = delete;
  KafkaHistory& operator=(const KafkaHistory&) = delete;

  // Ask the brokers, for so long at most.
  LedgerExpected<Offset> AskBegin(std::uint32_t partition, Duration timeout) const {
    return AskOffset(client_, options_, partition, RD_KAFKA_OFFSET_BEGINNING, timeout);
  }
  LedgerExpected<Offset> AskEnd(std::uint32_t partition, Duration timeout) const {
    return AskOffset(client_, options_, partition, RD_KAFKA_OFFSET_END, timeout);
  }

  struct Page {
    ReadResult read;
    std::size_t bytes = 0;
    bool is_gone = false;  // the log has no `read.next` any more
  };
  // Adds to the page what has come of the records from `page.read.next` on, before `end`, and does
  // not wait: whoever gets nothing comes again, and finds it fetched. A page has one record at
  // least, or about `bytes_max`.
  void Fill(std::uint32_t partition, Offset end, std::size_t bytes_max, Page& page);

  const KafkaClient& client() const { return client_; }

 private:
  using Clock = std::chrono::steady_clock;
  // What is fetched of a partition, for the reader that asked for it. Another takes over when that
  // one has had a page, or has not had any for long.
  struct Lane {
    KafkaQueue queue;
    std::optional<Offset> next;  // what comes next out of it; none: nothing is fetched
    Clock::time_point since;
    bool has_given = false;
    std::optional<Offset> wished;  // by the other reader
    KafkaMessage held;             // came, and did not fit the page before
  };

  KafkaHistory(const KafkaOptions& options, KafkaClient client);
  bool TakeTurn(Offset from, std::uint32_t partition);
  void GoTo(std::uint32_t partition, Offset next);
  void Leave(std::uint32_t partition);

  const KafkaOptions options_;
  const KafkaClient client_;
  std::mutex mutex_;
  std::vector<Lane> lanes_;  // by partition
};

class KafkaReader {
 public:
  KafkaReader(KafkaEnds& ends, KafkaTail& tail, KafkaHistory& history)
      : ends_(ends), tail_(tail), history_(history) {}

  // As Ledger::Read.
  ReadResult Read(std::uint32_t partition, Offset from, std::size_t bytes_max, Duration wait) const;

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  ReadResult FromHistory(std::uint32_t partition, Offset from, std::size_t bytes_max,
                         Deadline deadline) const;

  KafkaEnds& ends_;
  KafkaTail& tail_;
  KafkaHistory& history_;
};

}  // namespace dialtone::engine
