// The order of a stream's answers, on a wire whose operations end on any of a few threads.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <functional>
#include <queue>
#include <thread>
#include <vector>

#include "controlplane/edge/rpc/command_stream.h"
#include "dialtone/purse/v1/purse_service.pb.h"

namespace dialtone::edge {
namespace {

using purse::v1::StreamCoinsResponse;

class Threads {
 public:
  explicit Threads(int count) {
    for (int i = 0; i < count; ++i) threads_.emplace_back([this] { Run(); });
  }
  ~Threads() {
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    changed_.notify_all();
    for (std::thread& thread : threads_) thread.join();
  }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

  void Do(std::function<void()> task) {
    {
      const std::lock_guard lock(mutex_);
      tasks_.push(std::move(task));
    }
    changed_.notify_one();
  }

 private:
  void Run() {
    std::unique_lock lock(mutex_);
    while (true) {
      changed_.wait(lock, [&] { return stopping_ || !tasks_.empty(); });
      if (tasks_.empty()) return;
      const std::function<void()> task = std::move(tasks_.front());
      tasks_.pop();
      lock.unlock();
      task();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::queue<std::function<void()>> tasks_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

// Sends `messages` messages; each is decided, and each reply leaves, on some thread at some time.
class BusyWire final : public StreamOrder::Wire {
 public:
  explicit BusyWire(std::int64_t messages) : messages_(messages) {}

  void Run() {
    Read();
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return ended_; });
  }

  void Read() override {
    if (reads_.fetch_add(1) != 0) ++twice_;
    threads_.Do([this] {
      --reads_;
      if (read_ == messages_) return order_.ReadsOver();
      auto reply = std::make_unique<StreamCoinsResponse>();
      reply->set_coins(++read_);
      StreamSlot& slot = order_.Open(std::move(reply));
      threads_.Do([this, &slot] { order_.Done(slot, grpc::Status::OK, {}); });
      order_.ReadOn();
    });
  }
  void Write(const google::protobuf::Message& reply) override {
    if (writes_.fetch_add(1) != 0) ++twice_;
    if (static_cast<const StreamCoinsResponse&>(reply).coins() != ++written_) ++disordered_;
    threads_.Do([this] {
      --writes_;
      order_.Written();
    });
  }
  void End(const grpc::Status& status, const ConsistencyToken& /*seen*/) override {
    EXPECT_TRUE(status.ok());
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_one();
  }

  std::int64_t written() const { return written_; }
  int twice() const { return twice_; }
  int disordered() const { return disordered_; }

 private:
  const std::int64_t messages_;
  StreamOrder order_{*this, "c-1"};
  std::atomic<int> reads_ = 0;
  std::atomic<int> writes_ = 0;
  std::atomic<std::int64_t> read_ = 0;
  std::atomic<std::int64_t> written_ = 0;
  std::atomic<int> twice_ = 0;
  std::atomic<int> disordered_ = 0;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ended_ = false;
  Threads threads_{3};  // the last: gone before what they use
};

TEST(StreamOrder, HasOneReadAndOneWriteOnTheWireAtATime) {
  constexpr std::int64_t kMessages = 200'000;
  BusyWire wire(kMessages);
  wire.Run();
  EXPECT_EQ(wire.twice(), 0);
  EXPECT_EQ(wire.disordered(), 0);
  EXPECT_EQ(wire.written(), kMessages);
}

}  // namespace
}  // namespace dialtone::edge
