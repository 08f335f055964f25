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
      : taken_(taken), meter_(meter), store_(OpenLedger(options)), open_(kKafkaPartitions, 0) {
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
    while (in_flight_ < taken_.in_flight) Append();
    while (in_flight_ > 0) {
      if (!PollAll()) AwaitNews();
    }
    meter_.Close();
  }

 private:
  void Append() {
    const std::size_t place = next_;
    next_ = (next_ + 1) % taken_.records.size();
    const TakenRecord& record = taken_.records[place];
    ++in_flight_;
    ++open_[record.partition];
    store_->partition(record.partition).Append(record.bytes, place);
  }

  bool PollAll() {
    bool has_any = false;
    for (std::uint32_t partition = 0; partition < kKafkaPartitions; ++partition) {
      if (open_[partition] == 0) continue;
      store_->partition(partition).Poll(
          Duration(), [&](engine::Cookie place, const engine::AppendResult& result) {
            Completed(taken_.records[place], result.fate);
            has_any = true;
          });
    }
    const auto now = Clock::now();
    for (; freed_ > 0; --freed_) {
      if (!meter_.IsOver(now)) Append();
    }
    return has_any;
  }

  void Completed(const TakenRecord& record, AppendFate fate) {
    const auto now = Clock::now();
    if (fate != AppendFate::kStored) meter_.Failed();
    meter_.Record(record.bytes.size(), in_flight_, now);
    meter_.Events(record.events, now);
    --in_flight_;
    --open_[record.partition];
    ++freed_;
  }

  void AwaitNews() {
    std::unique_lock lock(mutex_);
    news_.wait(lock, [this] { return has_news_; });
    has_news_ = false;
  }

  const TakenRecords& taken_;
  AppendMeter& meter_;
  std::mutex mutex_;
  std::condition_variable news_;
  bool has_news_ = false;
  const std::unique_ptr<engine::KafkaLedgerStore> store_;
  std::vector<std::uint32_t> open_;  // by partition
  std::size_t next_ = 0;
  std::uint32_t in_flight_ = 0;
  std::uint32_t freed_ = 0;
};

}  // namespace

void RunLedger(const engine::KafkaOptions& options, const TakenRecords& taken, AppendMeter& meter) {
  Door(options, taken, meter).Run();
}

}  // namespace dialtone::benchmark
