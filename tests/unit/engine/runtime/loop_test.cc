#include "controlplane/engine/runtime/loop.h"

#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "controlplane/policy/loader.h"
#include "tests/support/toy_machine.h"

namespace dialtone::engine {
namespace {

constexpr std::uint32_t kPartitions = 4;

class LoopTest : public ::testing::Test {
 protected:
  static NodeOptions Options() {
    NodeOptions options;
    options.partition_count = kPartitions;
    options.claim_wait = Duration();
    options.random = [random = std::uint64_t{0}]() mutable { return ++random; };
    return options;
  }

  void StartAndOwnAll() {
    loop_.Start();
    loop_.Run([this](Node& node) {
      for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
        node.partition(partition).Assign(clock_.Now());
    });
    while (!OwnsAll()) std::this_thread::yield();
  }
  bool OwnsAll() {
    std::promise<bool> owns;
    loop_.Run([&](Node& node) {
      bool all = true;
      for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
        all &= node.partition(partition).role() == Role::kOwner;
      owns.set_value(all);
    });
    return owns.get_future().get();
  }

  void Deposit(std::uint64_t account, std::uint64_t number) {
    const AggregateKey key = testing::AccountKey(account);
    const auto body = testing::CountUsage("source", number, 1);
    const std::string id = testing::ToyRequestId(clock_.Now(), account << 32U | number);
    loop_.Submit(Command::FromClient(
        key, testing::ToyRequest(id, body), Mode::kCommit, testing::DecideToy(key, body),
        [this](const ledger::v1::Answer& answer, const Token&) { Hear(answer); }));
  }
  void Hear(const ledger::v1::Answer& answer) {
    const std::lock_guard lock(mutex_);
    heard_.push_back(answer.has_refusal() ? answer.refusal().reason() : "done");
    news_.notify_all();
  }
  void AwaitAnswers(std::size_t count) {
    std::unique_lock lock(mutex_);
    ASSERT_TRUE(
        news_.wait_for(lock, std::chrono::seconds(60), [&] { return heard_.size() >= count; }));
  }
  std::size_t Heard(const std::string& what) {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(std::count(heard_.begin(), heard_.end(), what));
  }

  MemoryLedgerStore memory_{ClusterId(), kPartitions};
  std::unique_ptr<LedgerStore> store_ = memory_.Open(1);
  MemoryRowStore rows_;
  testing::ToyReactor reactor_;
  Node node_{Options(), *store_, rows_, reactor_, *policy::BuiltIn(), [](std::uint32_t) {
               return std::make_unique<testing::ToyMachine>();
             }};
  WallClock clock_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::string> heard_;
  Loop loop_{node_, clock_};
};

TEST_F(LoopTest, AnswersEveryCommandOfManyThreadsOnce) {
  constexpr std::uint64_t kThreads = 4;
  constexpr std::uint64_t kEach = 250;
  StartAndOwnAll();
  std::vector<std::thread> threads;
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([this, thread] {
      for (std::uint64_t number = 1; number <= kEach; ++number) Deposit(thread, number);
    });
  }
  for (std::thread& thread : threads) thread.join();
  AwaitAnswers(kThreads * kEach);
  loop_.Drain();
  EXPECT_EQ(Heard("done"), kThreads * kEach);
  for (std::uint64_t account = 0; account < kThreads; ++account) {
    const AggregateKey key = testing::AccountKey(account);
    const Fold& fold = node_.partition(key.PartitionOf(kPartitions)).fold();
    EXPECT_EQ(static_cast<const testing::ToyMachine&>(fold.machine()).account(key).balance(),
              static_cast<std::int64_t>(kEach));
  }
}

TEST_F(LoopTest, AnswersWhatItTookInBeforeItDrainsAndRefusesTheRest) {
  StartAndOwnAll();
  for (std::uint64_t number = 1; number <= 100; ++number) Deposit(1, number);
  loop_.Drain();
  EXPECT_EQ(Heard("done"), 100u);
  Deposit(1, 101);
  EXPECT_EQ(Heard("DRAINING"), 1u);
  for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
    EXPECT_FALSE(node_.partition(partition).filter().open());
}

TEST_F(LoopTest, TellsWhoeverWaitsWhenItStops) {
  StartAndOwnAll();
  memory_.SetScript([](NodeId, std::uint32_t, std::string_view) {
    return AppendPlan{1, 1U << 30U, Report::kTrue, 0};
  });
  for (std::uint64_t number = 1; number <= 10; ++number) Deposit(number, 1);
  loop_.Stop();
  AwaitAnswers(10);
  EXPECT_EQ(Heard("done"), 0u);
}

TEST_F(LoopTest, RefusesCommandsBeforeItStarts) {
  Deposit(1, 1);
  EXPECT_EQ(Heard("DRAINING"), 1u);
}

TEST_F(LoopTest, RunsATaskInItsThreadAndHereWhenThatHasEnded) {
  loop_.Start();
  std::promise<std::thread::id> ran;
  loop_.Run([&](Node&) { ran.set_value(std::this_thread::get_id()); });
  EXPECT_NE(ran.get_future().get(), std::this_thread::get_id());
  loop_.Stop();
  bool has_run = false;
  loop_.Run([&](Node&) { has_run = true; });
  EXPECT_TRUE(has_run);
}

TEST_F(LoopTest, MayBeStoppedTwiceAndDrainedAfterwards) {
  loop_.Start();
  loop_.Stop();
  loop_.Stop();
  loop_.Drain();
}

}  // namespace
}  // namespace dialtone::engine
