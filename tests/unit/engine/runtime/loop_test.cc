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

// The wall's, which somebody sets wrong.
class JumpingClock final : public Clock {
 public:
  Timestamp Now() const override { return wall_.Now() + Duration::Micros(jump_.load()); }
  ClockReading Read() const override { return {Now(), wall_.Read().steady}; }
  void Jump(Duration by) { jump_.fetch_add(by.micros()); }

 private:
  WallClock wall_;
  std::atomic<std::int64_t> jump_{0};
};

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
    AwaitOwned(kPartitions);
  }
  void AwaitOwned(std::uint32_t count) {
    while (Owned() != count) std::this_thread::yield();
  }
  std::uint32_t Owned() {
    std::promise<std::uint32_t> owned;
    loop_.Run([&](Node& node) {
      std::uint32_t count = 0;
      for (std::uint32_t partition = 0; partition < kPartitions; ++partition)
        count += node.partition(partition).role() == Role::kOwner ? 1 : 0;
      owned.set_value(count);
    });
    return owned.get_future().get();
  }

  void Deposit(std::uint64_t account, std::uint64_t number) {
    Send(account, number, testing::CountUsage("source", number, 1));
  }
  void Send(std::uint64_t account, std::uint64_t number, const ledger::v1::ExerciseRequest& body) {
    const AggregateKey key = testing::AccountKey(account);
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
  JumpingClock clock_;
  std::mutex mutex_;
  std::condition_variable news_;
  std::vector<std::string> heard_;
  Loop loop_{node_, clock_, std::chrono::milliseconds(500)};
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

// What a broker that is away does to a node: no append is reported, nothing can be read.
TEST_F(LoopTest, EndsItsDrainThoughTheLedgerDoesNotAnswer) {
  StartAndOwnAll();
  memory_.SetScript([](NodeId, std::uint32_t, std::string_view) {
    return AppendPlan{1, 1U << 30U, Report::kTrue, 0};
  });
  memory_.GoAway(1);
  for (std::uint64_t number = 1; number <= 10; ++number) Deposit(number, 1);
  loop_.Drain();
  EXPECT_EQ(Heard("OUTCOME_UNKNOWN_RETRY_SAME_ID") + Heard("NOT_THE_OWNER"), 10u);
}

TEST_F(LoopTest, EndsItsDrainThoughItsLastEntriesFailAndNothingCanBeRead) {
  StartAndOwnAll();
  memory_.SetScript([](NodeId, std::uint32_t, std::string_view) {
    return AppendPlan{0, 0, Report::kFailed, 0};
  });
  memory_.GoAway(1);
  for (std::uint64_t number = 1; number <= 10; ++number) Deposit(number, 1);
  loop_.Drain();
  EXPECT_EQ(Heard("done"), 0u);
  AwaitAnswers(10);
}

TEST_F(LoopTest, LetsNothingExpireWhenTheClockJumpsAYearAndBackAndServesAfterwards) {
  StartAndOwnAll();
  Send(1, 1, testing::SetTimer("a lot expires", Duration::Hours(1)));
  AwaitAnswers(1);
  std::size_t answers = 1;
  for (const Duration jump : {Duration::Days(365), Duration::Days(-365)}) {
    clock_.Jump(jump);
    loop_.Wake();
    AwaitOwned(0);
    EXPECT_GT(loop_.clock_jump().micros() * (jump.micros() > 0 ? 1 : -1),
              Duration::Days(364).micros());
    Deposit(1, 2);
    AwaitAnswers(++answers);
    clock_.Jump(jump * -1);
    loop_.Wake();
    AwaitOwned(kPartitions);
    EXPECT_EQ(loop_.clock_jump(), Duration());
  }
  Deposit(1, 3);
  AwaitAnswers(4);
  loop_.Drain();
  EXPECT_EQ(Heard("CLOCK_JUMPED"), 2u);
  EXPECT_EQ(Heard("done"), 2u);
  const AggregateKey key = testing::AccountKey(1);
  const Fold& fold = node_.partition(key.PartitionOf(kPartitions)).fold();
  EXPECT_EQ(static_cast<const testing::ToyMachine&>(fold.machine()).account(key).timers_fired(),
            0u);
  EXPECT_LE(fold.time(), clock_.Now());
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

TEST_F(LoopTest, TurnsThoughThereIsNothingToDo) {
  loop_.Start();
  while (loop_.turned_at() == std::chrono::steady_clock::time_point()) std::this_thread::yield();
  const auto turned = loop_.turned_at();
  EXPECT_TRUE(loop_.Turns(turned + Loop::kHangs / 2));
  while (loop_.turned_at() == turned) std::this_thread::yield();
}

TEST_F(LoopTest, HangsWhileATaskDoesNotEnd) {
  loop_.Start();
  std::promise<void> began;
  std::promise<void> may_end;
  loop_.Run([&](Node&) {
    began.set_value();
    may_end.get_future().wait();
  });
  began.get_future().wait();
  const auto turned = loop_.turned_at();
  EXPECT_FALSE(loop_.Turns(turned + Loop::kHangs));
  may_end.set_value();
  while (loop_.turned_at() == turned) std::this_thread::yield();
  EXPECT_TRUE(loop_.Turns(std::chrono::steady_clock::now()));
}

TEST_F(LoopTest, DoesNotTurnBeforeItIsStarted) {
  EXPECT_FALSE(loop_.Turns(std::chrono::steady_clock::now()));
}

}  // namespace
}  // namespace dialtone::engine
