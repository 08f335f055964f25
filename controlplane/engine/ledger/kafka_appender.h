// Appends to all partitions through one idempotent producer, and tells what became of it in the
// order of the appends. Nobody is told a place that may be none.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/kafka_ends.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/kafka_producer.h"
#include "controlplane/engine/ledger/kafka_stats.h"
#include "controlplane/engine/ledger/ledger.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::engine {

// Which offsets can be places of what one lane appends. After a duplicate sequence number
// librdkafka reports "stored" at -1, 0, 1, … for the messages of a batch: a number that is no
// place, one behind the other.
class PlausibleOffsets {
 public:
  explicit PlausibleOffsets(Offset end) : floor_(end) {}

  bool Take(std::int64_t offset) {
    const bool follows_a_lie = lie_ && offset == *lie_ + 1;
    if (follows_a_lie || offset < 0 || static_cast<Offset>(offset) < floor_) {
      lie_ = offset;
      return false;
    }
    lie_.reset();
    floor_ = static_cast<Offset>(offset) + 1;
    return true;
  }

 private:
  Offset floor_;
  std::optional<std::int64_t> lie_;
};

class KafkaAppender {
 public:
  using Completed = absl::FunctionRef<void(Cookie, const AppendResult&)>;
  // The partition's end as the brokers know it now; none if they do not answer soon.
  using AskEnd = std::function<std::optional<Offset>(std::uint32_t partition)>;
  // A record that was appended stands where it says.
  using Stored = std::function<void(std::uint32_t partition, StoredRecord record)>;

  // `ends` outlives the appender.
  static LedgerExpected<std::unique_ptr<KafkaAppender>> Open(const KafkaOptions& options,
                                                             KafkaEnds& ends, AskEnd ask_end,
                                                             Stored stored);
  ~KafkaAppender();
  KafkaAppender(const KafkaAppender&) = delete;
  KafkaAppender& operator=(const KafkaAppender&) = delete;

  void Append(std::uint32_t partition, std::string record, Cookie cookie);
  void Poll(std::uint32_t partition, Duration wait, Completed completed);

  KafkaStats stats() const;

 private:
  using Clock = std::chrono::steady_clock;
  struct Report {
    bool stored = false;
    std::int64_t offset = 0;
  };
  struct Waiting {
    Cookie cookie = 0;
    std::string record;
    std::optional<Report> report;
  };
  struct Lane {
    explicit Lane(Offset end) : plausible(end) {}
    std::deque<Waiting> open;      // in the order of the appends
    std::uint64_t first_open = 0;  // the number of the first of them: what librdkafka carries along
    PlausibleOffsets plausible;
  };

  KafkaAppender(const KafkaOptions& options, KafkaEnds& ends, AskEnd ask_end, Stored stored);
  LedgerExpected<void> StartProducer();
  void ReplaceIfDead();
  void TakeReports(std::uint64_t producer, const std::vector<KafkaReport>& reports);
  void Tell();
  std::vector<Waiting> TakeReported(std::uint32_t partition, Duration wait);
  // What the brokers said, asked how far the log goes.
  enum class Told : std::uint8_t { kEnd, kNothing };
  AppendResult Judge(std::uint32_t partition, Waiting& reported, std::optional<Told>& told);
  Told TellEnd(std::uint32_t partition);

  const KafkaOptions options_;
  KafkaEnds& ends_;
  const AskEnd ask_end_;
  const Stored stored_;
  std::optional<Clock::time_point> untold_at_;  // when brokers were asked last, and did not tell

  mutable std::mutex mutex_;
  std::condition_variable reported_;
  std::vector<Lane> lanes_;
  KafkaStats stats_;
  std::uint64_t producers_ = 0;  // that there have been: the number of the one that counts
  std::unique_ptr<ServedKafkaProducer> producer_;
};

}  // namespace dialtone::engine
