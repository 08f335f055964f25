// Follows a topic's partitions as they grow, for any thread.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/kafka_window.h"
#include "controlplane/engine/ledger/ledger.h"

namespace dialtone::engine {

// Follows every partition from where it ended when it was opened. Of one that this node appends to
// without a break nothing is fetched: the appends say what is there, and a stranger's record shows
// in the offset of the next: the window has a hole there, and whoever reads it reads back. It is
// fetched again when the appends pause, and when somebody wants to read what lies behind them.
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
                                 std::size_t bytes_max, Deadline deadline);
  // This node appended it, and it is stored. Any thread.
  void TakeOwn(std::uint32_t partition, StoredRecord record);
  // How many partitions are fetched.
  std::uint32_t followed() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Lane {
    explicit Lane(Offset end) : window(end) {}
    KafkaWindow window;
    bool awaited = false;  // a reader went away without what was on its way
    bool followed = true;
    bool wanted = false;  // there is more than the appends say
    std::uint32_t own_in_a_row = 0;
    Clock::time_point own_at;
    std::optional<Clock::time_point> begin_again_at;  // librdkafka fetches nothing more of it
  };

  KafkaTail(const KafkaOptions& options, KafkaEnds& ends, KafkaClient client);
  LedgerExpected<void> Start();
  void Serve();
  void Steer();
  enum class Course : std::uint8_t { kAsBefore, kBegin, kEnd, kBeginAgain };
  static Course CourseOf(Lane& lane, Clock::time_point now);
  void Begin(std::uint32_t partition, Offset from);
  void BeginAgainSoon(std::uint32_t partition);
  void End(std::uint32_t partition);
  bool Fetch(std::uint32_t partition, Offset from);
  bool Take(const rd_kafka_message_t& message);
  void TakeError(const rd_kafka_message_t& message);

  const KafkaOptions options_;
  KafkaEnds& ends_;
  const KafkaClient client_;
  const KafkaQueue queue_;
  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<Lane> lanes_;  // by partition
  std::atomic<bool> has_wanted_{false};
  Clock::time_point steered_at_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace dialtone::engine
