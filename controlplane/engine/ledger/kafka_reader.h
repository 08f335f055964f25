// Reads the partitions of a topic for any thread. The newest records are at hand, followed by one
// consumer or appended by this node (kafka_tail.h); what lies further back is fetched by another, a
// partition for one reader at a time. Nobody waits for brokers who does not want to.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/kafka_tail.h"
#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

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
  // Whoever read up to there does not come again: what was fetched further goes.
  void Release(std::uint32_t partition, Offset next);
  // Nobody has come back for 2 s.
  void ReleaseAbandoned();
  void ReleaseAll();
  // How many partitions are being fetched.
  std::uint32_t fetching() const { return fetching_; }

  const KafkaClient& client() const { return client_; }

 private:
  using Clock = std::chrono::steady_clock;
  // What is fetched of a partition, for the reader that asked for it. Another takes over when that
  // one has had a page, or has not had any for long.
  struct Lane {
    KafkaQueue queue;
    std::optional<Offset> next;  // what comes next out of it; none: nothing is fetched
    Clock::time_point since;
    Clock::time_point asked_at;
    bool has_given = false;
    std::optional<Offset> wished;  // by the other reader
    KafkaMessage held;             // came, and did not fit the page before
  };

  KafkaHistory(const KafkaOptions& options, KafkaClient client);
  bool TakeTurn(std::uint32_t partition, Offset from);
  void GoTo(std::uint32_t partition, Offset next);
  void Leave(std::uint32_t partition);

  const KafkaOptions options_;
  const KafkaClient client_;
  std::mutex mutex_;
  std::vector<Lane> lanes_;  // by partition
  std::atomic<std::uint32_t> fetching_{0};
};

class KafkaReader {
 public:
  KafkaReader(const KafkaOptions& options, KafkaEnds& ends, KafkaTail& tail, KafkaHistory& history)
      : options_(options), ends_(ends), tail_(tail), history_(history) {}

  // As Ledger::Read.
  ReadResult Read(std::uint32_t partition, Offset from, std::size_t bytes_max, Duration wait) const;

 private:
  using Deadline = std::chrono::steady_clock::time_point;
  ReadResult FromHistory(std::uint32_t partition, Offset from, std::size_t bytes_max,
                         Deadline deadline) const;

  const KafkaOptions options_;
  KafkaEnds& ends_;
  KafkaTail& tail_;
  KafkaHistory& history_;
};

}  // namespace dialtone::engine
