#include <algorithm>
#include <future>
#include <random>
#include <thread>
#include <vector>

#include "controlplane/engine/runtime/loop.h"
#include "controlplane/kernel/check.h"
#include "controlplane/policy/loader.h"
#include "tests/benchmark/kafka_sides.h"
#include "tests/benchmark/tapped_ledger.h"
#include "tests/support/toy_machine.h"

namespace dialtone::benchmark {

namespace {

using engine::Command;
using engine::Node;

// Makes an event of about the size of a debit of credits.
const std::string kSource(64, 's');

engine::NodeOptions Options(const engine::KafkaLedgerStore& store) {
  engine::NodeOptions options;
  options.partition_count = store.partition_count();
  options.cluster = store.cluster();
  options.claim_wait = Duration();
  options.address = "127.0.0.1:7400";
  options.random = [generator = std::mt19937_64(std::random_device()())]() mutable {
    return generator();
  };
  return options;
}

// As many accounts as commands at a time: each is asked again when it has answered.
class EngineSide {
 public:
  EngineSide(const engine::KafkaOptions& options, const std::string& rows_folder,
             AppendMeter& meter)
      : meter_(meter),
        kafka_(OpenLedger(options)),
        tapped_(*kafka_, meter),
        rows_(std::move(*engine::RocksRowStore::Open(rows_folder))),
        node_(Options(*kafka_), tapped_, *rows_, reactor_, *policy::BuiltIn(),
              [](std::uint32_t) { return std::make_unique<testing::ToyMachine>(); }),
        loop_(node_, clock_) {
    DIALTONE_CHECK(node_.Load(), "an empty folder");
    kafka_->OnNews([this] { loop_.Wake(); });
    loop_.Start();
    OwnAll();
  }
  ~EngineSide() {
    loop_.Drain();
    kafka_->OnNews([] {});
  }
  EngineSide(const EngineSide&) = delete;
  EngineSide& operator=(const EngineSide&) = delete;

  void Run(int commands) {
    sequences_.assign(static_cast<std::size_t>(commands), 0);
    asked_ = commands;
    meter_.Begin();
    for (int account = 0; account < commands; ++account) Ask(account);
    ended_.get_future().wait();
    meter_.Close();
  }
  std::vector<TakenRecord> Take() { return tapped_.Take(); }

 private:
  std::uint32_t CountOwned() {
    std::promise<std::uint32_t> owned;
    loop_.Run([&owned](Node& node) {
      std::uint32_t count = 0;
      for (std::uint32_t number = 0; number < node.partition_count(); ++number)
        count += node.partition(number).role() == engine::Role::kOwner ? 1 : 0;
      owned.set_value(count);
    });
    return owned.get_future().get();
  }
  void OwnAll() {
    loop_.Run([this](Node& node) {
      for (std::uint32_t number = 0; number < node.partition_count(); ++number)
        node.partition(number).Assign(clock_.Now());
    });
    while (CountOwned() < node_.partition_count()) std::this_thread::yield();
  }

  void Ask(int account) {
    const auto number = static_cast<std::uint64_t>(account);
    const std::uint64_t sequence = ++sequences_[number];
    const AggregateKey key = testing::AccountKey(number);
    ledger::v1::Request request;
    request.set_id(testing::ToyRequestId(clock_.Now(), number << 40U | sequence));
    request.set_body_hash(std::string(16, 'h'));
    request.set_actor("services/benchmark");
    loop_.Submit(
        Command::FromClient(key, std::move(request), engine::Mode::kCommit,
                            testing::DecideToy(key, testing::CountUsage(kSource, sequence, 1)),
                            [this, account](const ledger::v1::Answer& answer,
                                            const engine::Token&) { Answered(account, answer); }));
  }

  // In the loop's thread.
  void Answered(int account, const ledger::v1::Answer& answer) {
    const auto now = Clock::now();
    if (answer.has_refusal()) meter_.Failed();
    meter_.Events(1, now);
    if (!meter_.IsOver(now) && meter_.failed() == 0) return Ask(account);
    if (--asked_ == 0) ended_.set_value();
  }

  AppendMeter& meter_;
  const engine::WallClock clock_;
  const testing::ToyReactor reactor_;
  const std::unique_ptr<engine::KafkaLedgerStore> kafka_;
  TappedStore tapped_;
  const std::unique_ptr<engine::RocksRowStore> rows_;
  Node node_;
  engine::Loop loop_;
  std::vector<std::uint64_t> sequences_;  // by account
  int asked_ = 0;
  std::promise<void> ended_;
};

}  // namespace

TakenRecords RunEngine(const engine::KafkaOptions& options, const std::string& rows_folder,
                       int commands, AppendMeter& meter) {
  TakenRecords taken;
  {
    EngineSide side(options, rows_folder, meter);
    side.Run(commands);
    taken.records = side.Take();
  }
  taken.in_flight = std::max(1U, meter.mean_in_flight());
  for (TakenRecord& record : taken.records) record.events = EventsIn(record.bytes);
  std::erase_if(taken.records, [](const TakenRecord& record) { return record.events == 0; });
  return taken;
}

}  // namespace dialtone::benchmark
