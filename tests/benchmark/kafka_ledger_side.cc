#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

#include "tests/benchmark/kafka_sides.h"

namespace dialtone::benchmark {

namespace {

using engine::AppendFate;

// One thread that appends and polls, as the loop does.
class Door {
 public:
  Door(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter)
      : replay_(taken), meter_(meter), store_(OpenLedger(options)), open_(kKafkaPartitions, 0) {
    store_->OnNews([this] {
      {
        const std::lock_guard lock(mutex_);
        has_news_ = true;
      }
      news_.notify_one();
    });
  }
  ~Door() {
    store_->OnNews([] {});
  }
  Door(const Door&) = delete;
  Door& operator=(const Door&) = delete;

  void Run() {
    meter_.Begin();
    for (std::uint32_t slot = 0; slot < replay_.slots(); ++slot) Append(slot);
    while (in_flight_ > 0) {
      if (!PollAll()) AwaitNews();
    }
    meter_.Close();
  }

 private:
  void Append(std::uint32_t slot) {
    const TakenRecord& record = replay_.Next(slot);
    ++in_flight_;
    ++open_[record.partition];
    store_->partition(record.partition).Append(record.bytes, slot);
  }

  bool PollAll() {
    bool has_any = false;
    for (std::uint32_t partition = 0; partition < kKafkaPartitions; ++partition) {
      if (open_[partition] == 0) continue;
      store_->partition(partition).Poll(
          Duration(), [&](engine::Cookie slot, const engine::AppendResult& result) {
            Completed(static_cast<std::uint32_t>(slot), result.fate);
            has_any = true;
          });
    }
    const auto now = Clock::now();
    for (const std::uint32_t slot : std::exchange(freed_, {})) {
      if (!meter_.IsOver(now)) Append(slot);
    }
    return has_any;
  }

  void Completed(std::uint32_t slot, AppendFate fate) {
    const auto now = Clock::now();
    const TakenRecord& record = replay_.OnItsWay(slot);
    if (fate != AppendFate::kStored) meter_.Failed();
    meter_.Record(record.bytes.size(), in_flight_, now);
    meter_.Events(record.events, now);
    --in_flight_;
    --open_[record.partition];
    freed_.push_back(slot);
  }

  void AwaitNews() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return has_news_; });
    has_news_ = false;
  }

  Replay replay_;
  AppendMeter& meter_;
  std::mutex mutex_;
  std::condition_variable news_;
  bool has_news_ = false;
  const std::unique_ptr<engine::KafkaLedgerStore> store_;
  std::vector<std::uint32_t> open_;  // by partition
  std::uint32_t in_flight_ = 0;
  std::vector<std::uint32_t> freed_;  // slots
};

}  // namespace

void RunLedger(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter) {
  Door(options, taken, meter).Run();
}

}  // namespace dialtone::benchmark
