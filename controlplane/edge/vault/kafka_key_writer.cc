#include "controlplane/edge/vault/kafka_key_writer.h"

#include <chrono>
#include <utility>

namespace dialtone::vault {

using engine::KafkaOptions;
using engine::KafkaProducer;
using engine::KafkaReport;
using engine::LedgerExpected;
using engine::ServedKafkaProducer;

namespace {

constexpr std::uint32_t kPartition = 0;

engine::KafkaRecord AsSent(const KafkaKeyRecord& record, std::uint64_t number) {
  return {kPartition, record.key, record.value, nullptr, number};
}

}  // namespace

KafkaKeyWriter::KafkaKeyWriter(const KafkaOptions& options) : options_(options) {}

KafkaKeyWriter::~KafkaKeyWriter() = default;

LedgerExpected<std::unique_ptr<KafkaKeyWriter>> KafkaKeyWriter::Open(const KafkaOptions& options) {
  std::unique_ptr<KafkaKeyWriter> writer(new KafkaKeyWriter(options));
  if (auto producer = writer->LivingProducer(); !producer) return tl::unexpected(producer.error());
  return writer;
}

// A fatal error ends a producer: the next that writes makes another. The old one ends outside the
// lock, which its thread may wait for.
LedgerExpected<std::shared_ptr<ServedKafkaProducer>> KafkaKeyWriter::LivingProducer() {
  std::shared_ptr<ServedKafkaProducer> dead;
  const std::lock_guard lock(mutex_);
  if (producer_ && !(*producer_)->dead()) return producer_;
  auto opened = KafkaProducer::Open(
      options_,
      {[this](const std::vector<KafkaReport>& reports) { TakeReports(reports); }, {}, {}});
  if (!opened) return tl::unexpected(opened.error());
  dead = std::exchange(producer_, std::make_shared<ServedKafkaProducer>(std::move(*opened)));
  return producer_;
}

LedgerExpected<void> KafkaKeyWriter::Write(const std::vector<KafkaKeyRecord>& records) {
  const auto producer = LivingProducer();
  if (!producer) return tl::unexpected(producer.error());
  Batch batch;
  std::unique_lock lock(mutex_);
  const std::uint64_t first = next_number_;
  for (const KafkaKeyRecord& record : records) {
    const std::uint64_t number = next_number_++;
    batch.error = (**producer)->Send(AsSent(record, number));
    if (batch.error != RD_KAFKA_RESP_ERR_NO_ERROR) break;
    expected_[number] = &batch;
    ++batch.open;
  }
  const auto wait = std::chrono::microseconds((options_.append_timeout * 2).micros());
  const bool answered = reported_.wait_for(
      lock, wait, [&] { return batch.open == 0 || batch.error != RD_KAFKA_RESP_ERR_NO_ERROR; });
  expected_.erase(expected_.lower_bound(first), expected_.lower_bound(first + records.size()));
  if (!answered) return engine::Unreachable(options_, RD_KAFKA_RESP_ERR__TIMED_OUT);
  if (batch.error != RD_KAFKA_RESP_ERR_NO_ERROR) return engine::Unreachable(options_, batch.error);
  return {};
}

void KafkaKeyWriter::Post(const KafkaKeyRecord& record) {
  if (const auto producer = LivingProducer()) (**producer)->Send(AsSent(record, 0));
}

void KafkaKeyWriter::TakeReports(const std::vector<KafkaReport>& reports) {
  {
    const std::lock_guard lock(mutex_);
    for (const KafkaReport& report : reports) {
      const auto found = expected_.find(report.number);
      if (found == expected_.end()) continue;
      Batch& batch = *found->second;
      --batch.open;
      if (report.error != RD_KAFKA_RESP_ERR_NO_ERROR) batch.error = report.error;
      expected_.erase(found);
    }
  }
  reported_.notify_all();
}

}  // namespace dialtone::vault
