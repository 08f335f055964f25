#include "controlplane/engine/ledger/kafka_appender.h"

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::engine {

namespace {

constexpr std::chrono::seconds kAskAgainAfter{1};

}  // namespace

KafkaAppender::KafkaAppender(const KafkaOptions& options, KafkaEnds& ends, AskEnd ask_end,
                             Stored stored)
    : options_(options), ends_(ends), ask_end_(std::move(ask_end)), stored_(std::move(stored)) {
  for (std::uint32_t partition = 0; partition < options.partition_count; ++partition)
    lanes_.emplace_back(ends.Of(partition));
}

KafkaAppender::~KafkaAppender() = default;

LedgerExpected<std::unique_ptr<KafkaAppender>> KafkaAppender::Open(const KafkaOptions& options,
                                                                   KafkaEnds& ends, AskEnd ask_end,
                                                                   Stored stored) {
  std::unique_ptr<KafkaAppender> appender(
      new KafkaAppender(options, ends, std::move(ask_end), std::move(stored)));
  if (auto started = appender->StartProducer(); !started) return tl::unexpected(started.error());
  return appender;
}

LedgerExpected<void> KafkaAppender::StartProducer() {
  std::uint64_t number = 0;
  {
    const std::lock_guard lock(mutex_);
    number = ++producers_;
  }
  auto opened = KafkaProducer::Open(
      options_,
      {[this, number](const std::vector<KafkaReport>& reports) { TakeReports(number, reports); },
       [this] { Tell(); },
       [this](std::string_view json) {
         const std::lock_guard lock(mutex_);
         TakeStatistics(json, stats_);
       }});
  if (!opened) return tl::unexpected(opened.error());
  // Without it the first append waits for the leader to be found; its failure is found out then.
  static_cast<void>(AskMetadata((*opened)->client(), Duration::Seconds(1)));
  auto producer = std::make_unique<ServedKafkaProducer>(std::move(*opened));
  const std::lock_guard lock(mutex_);
  producer_ = std::move(producer);
  return {};
}

void KafkaAppender::Tell() {
  reported_.notify_all();
  ends_.Tell();
}

void KafkaAppender::ReplaceIfDead() {
  std::unique_ptr<ServedKafkaProducer> dead;
  {
    const std::lock_guard lock(mutex_);
    if (producer_ && !(*producer_)->dead()) return;
    dead = std::move(producer_);
    ++producers_;
    for (Lane& lane : lanes_) {
      for (Waiting& open : lane.open)
        if (!open.report) open.report = Report{};
    }
    ++stats_.producers_replaced;
  }
  dead.reset();
  if (auto started = StartProducer(); !started) options_.tell(ToText(started.error()));
}

void KafkaAppender::Append(std::uint32_t partition, std::string record, Cookie cookie) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[partition];
  const std::uint64_t number = lane.first_open + lane.open.size();
  Waiting& waiting = lane.open.emplace_back(Waiting{cookie, std::move(record), std::nullopt});
  const bool sent =
      producer_ && (*producer_)->Send({partition, {}, waiting.record, nullptr, number}) ==
                       RD_KAFKA_RESP_ERR_NO_ERROR;
  if (!sent) waiting.report = Report{};
}

// What a producer reports that was replaced is too late: its appends are told already.
void KafkaAppender::TakeReports(std::uint64_t producer, const std::vector<KafkaReport>& reports) {
  {
    const std::lock_guard lock(mutex_);
    if (producer != producers_) return;
    for (const KafkaReport& report : reports) {
      Lane& lane = lanes_[report.partition];
      if (report.number < lane.first_open) continue;
      lane.open[report.number - lane.first_open].report =
          Report{report.error == RD_KAFKA_RESP_ERR_NO_ERROR, report.offset};
    }
  }
  Tell();
}

std::vector<KafkaAppender::Waiting> KafkaAppender::TakeReported(std::uint32_t partition,
                                                                Duration wait) {
  std::vector<Waiting> reported;
  std::unique_lock lock(mutex_);
  Lane& lane = lanes_[partition];
  if (lane.open.empty()) return reported;
  const auto is_due = [&] {
    return lane.open.front().report || !producer_ || (*producer_)->dead();
  };
  if (wait > Duration()) reported_.wait_for(lock, std::chrono::microseconds(wait.micros()), is_due);
  while (!lane.open.empty() && lane.open.front().report) {
    reported.push_back(std::move(lane.open.front()));
    lane.open.pop_front();
    ++lane.first_open;
  }
  return reported;
}

void KafkaAppender::Poll(std::uint32_t partition, Duration wait, Completed completed) {
  ReplaceIfDead();
  std::optional<Told> told;
  for (Waiting& reported : TakeReported(partition, wait))
    completed(reported.cookie, Judge(partition, reported, told));
}

// Whoever hears "unknown" reads back up to the end; so the end is asked for, once the report is in.
AppendResult KafkaAppender::Judge(std::uint32_t partition, Waiting& reported,
                                  std::optional<Told>& told) {
  const Report report = *reported.report;
  if (!report.stored) return {AppendFate::kFailed, 0};
  if (lanes_[partition].plausible.Take(report.offset)) {
    const auto offset = static_cast<Offset>(report.offset);
    stored_(partition, {offset, std::move(reported.record)});
    ends_.Raise(partition, offset + 1);
    return {AppendFate::kStored, offset};
  }
  {
    const std::lock_guard lock(mutex_);
    ++stats_.places_doubted;
  }
  if (!told) told = TellEnd(partition);
  return {*told == Told::kEnd ? AppendFate::kUnknown : AppendFate::kFailed, 0};
}

// Brokers that do not tell one partition's end are not asked for another's at once: each question
// keeps the loop waiting.
KafkaAppender::Told KafkaAppender::TellEnd(std::uint32_t partition) {
  if (untold_at_ && Clock::now() - *untold_at_ < kAskAgainAfter) return Told::kNothing;
  const std::optional<Offset> end = ask_end_(partition);
  if (!end) {
    untold_at_ = Clock::now();
    return Told::kNothing;
  }
  untold_at_.reset();
  ends_.Raise(partition, *end);
  return Told::kEnd;
}

KafkaStats KafkaAppender::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace dialtone::engine
