// Reads the topic of keys from its beginning, and follows it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_options.h"
#include "controlplane/engine/ledger/ledger_error.h"

namespace dialtone::vault {

class KafkaKeyReader {
 public:
  struct Record {
    std::string_view key;
    std::optional<std::string_view> value;  // none: a tombstone
    Timestamp at;                           // by the clock of who wrote it
  };
  struct Hearer {
    std::function<void(const Record&)> take;  // in the topic's order
    std::function<void()> tick;               // now and then
  };

  // Returns when all that is there is taken. `hearer` is called by the reader's thread.
  // REQUIRES: the topic is there.
  static engine::LedgerExpected<std::unique_ptr<KafkaKeyReader>> Open(
      const engine::KafkaOptions& options, Hearer hearer);
  ~KafkaKeyReader();
  KafkaKeyReader(const KafkaKeyReader&) = delete;
  KafkaKeyReader& operator=(const KafkaKeyReader&) = delete;

  // Any thread. Asks for the topic's end as of now, and waits until all up to it is taken. Many who
  // ask at once share the answer, a bad one for a second.
  bool CatchUp(Duration wait);

  // That the topic seems not to be the one that was read: it was cut, or is gone. Brokers that are
  // out of date say so for a moment; what they have said for twice the options' append_timeout is
  // final, and nothing more is taken.
  struct Damage {
    std::string reason;
    bool is_final = false;
  };
  // Any thread. None: it is the one.
  std::optional<Damage> damage() const;

 private:
  using Clock = std::chrono::steady_clock;

  KafkaKeyReader(const engine::KafkaOptions& options, Hearer hearer, engine::KafkaClient client);
  engine::LedgerExpected<void> Start();
  bool Consume();
  void FollowAgain();
  bool AskAndWait(Duration wait);
  std::int64_t next() const;
  void Serve();
  void Take(const rd_kafka_message_t& message);
  void TakeError(const rd_kafka_message_t& message);
  bool TellsOfLoss(rd_kafka_resp_err_t error) const;
  void NoteDamage(std::string reason);
  void NoteSound();
  bool IsFinal() const;

  const engine::KafkaOptions options_;
  const Hearer hearer_;
  const engine::KafkaClient client_;
  const engine::KafkaQueue queue_;

  std::mutex asking_;
  Clock::time_point reached_since_;  // all that was there then is taken
  std::optional<Clock::time_point> failed_at_;

  mutable std::mutex mutex_;
  std::condition_variable moved_;
  std::int64_t next_ = 0;   // all before it is taken
  bool has_heard_ = false;  // of anything, be it the end of an empty topic
  std::optional<Damage> damage_;
  Clock::time_point damaged_since_;
  std::atomic<bool> has_started_{false};
  std::atomic<bool> must_follow_again_{false};

  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace dialtone::vault
