#include "controlplane/engine/ledger/kafka_ledger.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <thread>
#include <utility>
#include <variant>

#include "controlplane/engine/ledger/filter.h"
#include "controlplane/engine/ledger/kafka_message.h"
#include "controlplane/engine/ledger/kafka_topic.h"
#include "controlplane/kernel/check.h"

namespace dialtone::engine {

namespace {

constexpr Duration kAskEndMax = Duration::Seconds(1);
constexpr std::chrono::milliseconds kPause{50};  // between two questions to brokers
constexpr std::size_t kFirstRecords = 64;        // bytes: the first record of a partition
constexpr std::size_t kEarlyRecords = 4'096;

// A broker of a topic that was made a moment ago may not know yet that it leads it.
template <class AskNow>
LedgerExpected<Offset> UntilAnswered(const KafkaOptions& options, AskNow ask) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::microseconds(options.open_timeout.micros());
  auto answer = ask(options.open_timeout);
  while (!answer && Clock::now() < deadline) {
    std::this_thread::sleep_for(kPause);
    answer = ask(options.open_timeout);
  }
  return answer;
}

LedgerExpected<Offset> EndOf(const KafkaHistory& history, const KafkaOptions& options,
                             std::uint32_t partition) {
  return UntilAnswered(options,
                       [&](Duration timeout) { return history.AskEnd(partition, timeout); });
}

LedgerExpected<void> CheckBegin(const KafkaHistory& history, const KafkaOptions& options,
                                std::uint32_t partition) {
  const auto begin = UntilAnswered(
      options, [&](Duration timeout) { return history.AskBegin(partition, timeout); });
  if (!begin) return tl::unexpected(begin.error());
  if (*begin == 0) return {};
  return Damaged({partition, 0}, "the beginning is gone", "first offset 0", std::to_string(*begin));
}

}  // namespace

class KafkaLedgerStore::Partition final : public Ledger {
 public:
  Partition(KafkaLedgerStore& store, std::uint32_t number) : store_(store), number_(number) {}

  void Append(std::string record, Cookie cookie) override {
    store_.appender_->Append(number_, std::move(record), cookie);
  }
  void Poll(Duration wait,
            absl::FunctionRef<void(Cookie, const AppendResult&)> completed) override {
    store_.appender_->Poll(number_, wait, completed);
    if (number_ == 0) store_.history_->ReleaseAbandoned();
  }
  ReadResult Read(Offset from, std::size_t bytes_max, Duration wait) const override {
    return store_.reader_->Read(number_, from, bytes_max, wait);
  }
  Offset End() const override { return store_.ends_.Of(number_); }
  std::string Damage() const override { return store_.ends_.Damage(number_); }

 private:
  KafkaLedgerStore& store_;
  const std::uint32_t number_;
};

KafkaLedgerStore::KafkaLedgerStore(const KafkaOptions& options, std::vector<Offset> ends,
                                   std::unique_ptr<KafkaHistory> history)
    : options_(options),
      ends_(std::move(ends), options.append_timeout * 2),
      history_(std::move(history)) {
  for (std::uint32_t number = 0; number < options.partition_count; ++number)
    partitions_.push_back(std::make_unique<Partition>(*this, number));
}

KafkaLedgerStore::~KafkaLedgerStore() = default;

LedgerExpected<std::unique_ptr<KafkaLedgerStore>> KafkaLedgerStore::Open(
    const KafkaOptions& options, RandomBits random) {
  DIALTONE_CHECK(options.partition_count > 0, "a ledger without partitions");
  auto history = KafkaHistory::Open(options);
  if (!history) return tl::unexpected(history.error());
  auto sound = EnsureTopic((*history)->client(), options);
  if (!sound) return tl::unexpected(sound.error());
  std::vector<Offset> ends;
  for (std::uint32_t number = 0; number < options.partition_count; ++number) {
    if (sound = CheckBegin(**history, options, number); !sound)
      return tl::unexpected(sound.error());
    const auto end = EndOf(**history, options, number);
    if (!end) return tl::unexpected(end.error());
    ends.push_back(*end);
  }
  std::unique_ptr<KafkaLedgerStore> store(
      new KafkaLedgerStore(options, std::move(ends), std::move(*history)));
  sound = store->Start();
  if (sound) sound = store->Begin(random);
  if (!sound) return tl::unexpected(sound.error());
  return store;
}

KafkaStats KafkaLedgerStore::stats() const {
  KafkaStats stats = appender_->stats();
  stats.partitions_followed = tail_->followed();
  stats.partitions_read_back = history_->fetching();
  return stats;
}

std::uint32_t KafkaLedgerStore::partition_count() const {
  return static_cast<std::uint32_t>(partitions_.size());
}

Ledger& KafkaLedgerStore::partition(std::uint32_t partition) { return *partitions_.at(partition); }

LedgerExpected<void> KafkaLedgerStore::Start() {
  auto tail = KafkaTail::Open(options_, ends_);
  if (!tail) return tl::unexpected(tail.error());
  tail_ = std::move(*tail);
  auto appender = KafkaAppender::Open(
      options_, ends_, [this](std::uint32_t partition) { return AskAndCompareEnd(partition); },
      [this](std::uint32_t partition, StoredRecord record) {
        tail_->TakeOwn(partition, std::move(record));
      });
  if (!appender) return tl::unexpected(appender.error());
  appender_ = std::move(*appender);
  reader_ = std::make_unique<KafkaReader>(options_, ends_, *tail_, *history_);
  return {};
}

// A log that keeps everything never ends before where it is known to have ended; a broker that says
// so does not tell the end.
std::optional<Offset> KafkaLedgerStore::AskAndCompareEnd(std::uint32_t partition) {
  const Offset known = ends_.Of(partition);
  const auto end = history_->AskEnd(partition, kAskEndMax);
  if (!end) return std::nullopt;
  if (*end >= known) return *end;
  NoteDenial(options_, ends_, partition,
             "the log ends at offset " + std::to_string(*end) + ", and was known to end at " +
                 std::to_string(known) + ": it was cut off, or made again");
  return std::nullopt;
}

bool KafkaLedgerStore::AllBegun() const {
  for (std::uint32_t number = 0; number < partitions_.size(); ++number)
    if (ends_.Of(number) == 0) return false;
  return true;
}

// Partition 0 comes first, and its first record names the cluster: of two nodes that make the
// ledger at once, both go on with the same. What the other writes again is void.
LedgerExpected<void> KafkaLedgerStore::Begin(RandomBits random) {
  if (!AllBegun()) {
    options_.tell("topic " + options_.topic + " has empty partitions: a ledger is made");
    if (auto unused = CheckUnused(); !unused) return unused;
  }
  for (std::uint32_t number = 0; number < partitions_.size(); ++number) {
    const ClusterId cluster = number == 0 ? ClusterId::New(random) : cluster_;
    if (ends_.Of(number) == 0) {
      if (auto written = WriteGenesis(number, cluster); !written) return written;
    }
    const auto found = ReadGenesis(number);
    if (!found) return tl::unexpected(found.error());
    cluster_ = *found;
  }
  history_->ReleaseAll();
  return {};
}

// A fresh broker may need some seconds before it takes the first record. One that is written twice
// does no harm.
LedgerExpected<void> KafkaLedgerStore::WriteGenesis(std::uint32_t partition,
                                                    const ClusterId& cluster) {
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::microseconds(options_.open_timeout.micros());
  const std::string record = GenesisRecord(cluster, partition, options_.partition_count);
  bool told = false;
  while (ends_.Of(partition) == 0 && Clock::now() < deadline) {
    if (!told) appender_->Append(partition, record, 0);
    told = true;
    appender_->Poll(partition, options_.append_timeout * 2,
                    [&](Cookie, const AppendResult&) { told = false; });
  }
  if (ends_.Of(partition) == 0) return Unreachable(options_, RD_KAFKA_RESP_ERR__MSG_TIMED_OUT);
  return {};
}

LedgerExpected<ClusterId> KafkaLedgerStore::ReadGenesis(std::uint32_t partition) const {
  const ReadResult read = ReadEarly(partition, kFirstRecords);
  if (read.records.empty()) return Unreachable(options_, RD_KAFKA_RESP_ERR__TIMED_OUT);
  Reader reader{partition, options_.partition_count, std::nullopt, 0};
  if (partition > 0) reader.cluster = cluster_;
  Filter filter(reader);
  const Taken taken = filter.Take(read.records.front().bytes);
  if (const auto* stop = std::get_if<Stop>(&taken)) {
    const bool foreign = stop->reason == StopReason::kGenesisForeign;
    return tl::unexpected(LedgerError{foreign ? LedgerFault::kForeign : LedgerFault::kDamaged,
                                      RecordPlace{partition, read.records.front().offset},
                                      std::string(ToText(stop->reason)) + ": " + stop->detail,
                                      {},
                                      {}});
  }
  return *filter.cluster();
}

ReadResult KafkaLedgerStore::ReadEarly(std::uint32_t partition, std::size_t bytes_max) const {
  if (ends_.Of(partition) == 0) return {};
  return reader_->Read(partition, 0, bytes_max, options_.open_timeout);
}

// While the ledger is being made there are genesis records and nothing else: an empty partition
// beside one that was used has lost what it had. Unless another node makes the ledger at this
// moment: it uses no partition before all have begun, so those that seemed empty are asked again.
LedgerExpected<void> KafkaLedgerStore::CheckUnused() {
  std::optional<RecordPlace> used;
  for (std::uint32_t number = 0; number < partitions_.size() && !used; ++number) {
    for (const StoredRecord& stored : ReadEarly(number, kEarlyRecords).records) {
      const auto record = ParseRecord(stored.bytes);
      if (!used && (!record || !record->has_genesis())) used = RecordPlace{number, stored.offset};
    }
  }
  if (!used) return {};
  for (std::uint32_t number = 0; number < partitions_.size(); ++number) {
    if (ends_.Of(number) > 0) continue;
    const auto end = EndOf(*history_, options_, number);
    if (!end) return tl::unexpected(end.error());
    ends_.Raise(number, *end);
  }
  if (AllBegun()) return {};
  return Damaged(*used, "a partition beside it is empty",
                 "a ledger that begins with genesis records", "one that was used");
}

}  // namespace dialtone::engine
