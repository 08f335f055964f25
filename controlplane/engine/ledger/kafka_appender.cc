#include "controlplane/engine/ledger/kafka_appender.h"

#include <atomic>
#include <chrono>
#include <thread>

#include "controlplane/engine/ledger/kafka_client.h"

namespace dialtone::engine {

namespace {

constexpr int kServeMillis = 200;

void* AsOpaque(std::uint64_t number) { return reinterpret_cast<void*>(number); }
std::uint64_t NumberOf(const rd_kafka_message_t& message) {
  return reinterpret_cast<std::uint64_t>(message._private);
}

}  // namespace

// One producer, and the one thread that serves it.
class KafkaAppender::Session {
 public:
  Session(KafkaAppender& appender, KafkaHandle client, KafkaTopic topic)
      : appender_(appender),
        client_(std::move(client)),
        topic_(std::move(topic)),
        events_(rd_kafka_queue_get_main(client_.get())),
        thread_([this] { Serve(); }) {}

  // What was not reported never will be. What is in flight may be stored all the same.
  ~Session() {
    stopping_ = true;
    rd_kafka_queue_yield(events_.get());
    thread_.join();
    rd_kafka_purge(client_.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT |
                                      RD_KAFKA_PURGE_F_NON_BLOCKING);
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  bool dead() const { return dead_; }

  // False: refused at once, and never reported.
  bool Send(std::uint32_t partition, const std::string& record, std::uint64_t number) {
    // librdkafka takes a copy, and does not change what it copies.
    void* const bytes = const_cast<char*>(record.data());
    return rd_kafka_produce(topic_.get(), static_cast<std::int32_t>(partition), RD_KAFKA_MSG_F_COPY,
                            bytes, record.size(), nullptr, 0, AsOpaque(number)) == 0;
  }

 private:
  void Serve() {
    while (!stopping_) {
      const KafkaEvent event(rd_kafka_queue_poll(events_.get(), kServeMillis));
      if (!event) continue;
      switch (rd_kafka_event_type(event.get())) {
        case RD_KAFKA_EVENT_DR:
          TakeReports(*event);
          break;
        case RD_KAFKA_EVENT_ERROR:
          TakeError(*event);
          break;
        case RD_KAFKA_EVENT_STATS: {
          const std::lock_guard lock(appender_.mutex_);
          TakeStatistics(rd_kafka_event_stats(event.get()), appender_.stats_);
          break;
        }
        default:
          break;
      }
    }
  }

  void TakeReports(rd_kafka_event_t& event) {
    {
      const std::lock_guard lock(appender_.mutex_);
      while (const rd_kafka_message_t* message = rd_kafka_event_message_next(&event))
        appender_.TakeReport(*this, *message);
    }
    appender_.reported_.notify_all();
    appender_.ends_.Tell();
  }

  void TakeError(rd_kafka_event_t& event) {
    std::string text = rd_kafka_event_error_string(&event);
    if (rd_kafka_event_error_is_fatal(&event) != 0) {
      text = "the producer is replaced: " + text;
      dead_ = true;
      appender_.reported_.notify_all();
      appender_.ends_.Tell();
    }
    appender_.options_.tell(text);
  }

  KafkaAppender& appender_;
  const KafkaHandle client_;
  const KafkaTopic topic_;
  const KafkaQueue events_;
  std::atomic<bool> stopping_{false};
  std::atomic<bool> dead_{false};
  std::thread thread_;
};

KafkaAppender::KafkaAppender(const KafkaOptions& options, KafkaEnds& ends, AskEnd ask_end)
    : options_(options), ends_(ends), ask_end_(std::move(ask_end)) {
  for (std::uint32_t partition = 0; partition < options.partition_count; ++partition)
    lanes_.emplace_back(ends.Of(partition));
}

KafkaAppender::~KafkaAppender() = default;

LedgerExpected<std::unique_ptr<KafkaAppender>> KafkaAppender::Open(const KafkaOptions& options,
                                                                   KafkaEnds& ends,
                                                                   AskEnd ask_end) {
  std::unique_ptr<KafkaAppender> appender(new KafkaAppender(options, ends, std::move(ask_end)));
  if (auto started = appender->StartSession(); !started) return tl::unexpected(started.error());
  return appender;
}

LedgerExpected<void> KafkaAppender::StartSession() {
  auto client = NewKafkaClient(options_, KafkaRole::kAppend);
  if (!client) return tl::unexpected(client.error());
  auto topic = NewKafkaTopic(**client, options_);
  if (!topic) return tl::unexpected(topic.error());
  // Without it the first append waits for the leader to be found; its failure is found out then.
  static_cast<void>(AskMetadata(**client, **topic, Duration::Seconds(1)));
  auto session = std::make_unique<Session>(*this, std::move(*client), std::move(*topic));
  const std::lock_guard lock(mutex_);
  session_ = std::move(session);
  return {};
}

// A fatal error ends the producer, and nothing else does: its numbers keep the order of what it has
// in flight.
void KafkaAppender::ReplaceIfDead() {
  std::unique_ptr<Session> dead;
  {
    const std::lock_guard lock(mutex_);
    if (session_ && !session_->dead()) return;
    dead = std::move(session_);
    for (Lane& lane : lanes_) {
      for (Waiting& open : lane.open)
        if (!open.report) open.report = Report{};
    }
    ++stats_.producers_replaced;
  }
  dead.reset();
  if (auto started = StartSession(); !started) options_.tell(ToText(started.error()));
}

void KafkaAppender::Append(std::uint32_t partition, std::string record, Cookie cookie) {
  const std::lock_guard lock(mutex_);
  Lane& lane = lanes_[partition];
  const std::uint64_t number = lane.first_open + lane.open.size();
  lane.open.push_back({cookie, std::nullopt});
  if (!session_ || !session_->Send(partition, record, number)) lane.open.back().report = Report{};
}

// REQUIRES: mutex_ is held.
void KafkaAppender::TakeReport(const Session& from, const rd_kafka_message_t& message) {
  if (&from != session_.get()) return;
  Lane& lane = lanes_[static_cast<std::size_t>(message.partition)];
  const std::uint64_t number = NumberOf(message);
  if (number < lane.first_open) return;
  lane.open[number - lane.first_open].report =
      Report{message.err == RD_KAFKA_RESP_ERR_NO_ERROR, message.offset};
}

std::vector<std::pair<Cookie, KafkaAppender::Report>> KafkaAppender::TakeReported(
    std::uint32_t partition, Duration wait) {
  std::vector<std::pair<Cookie, Report>> reported;
  std::unique_lock lock(mutex_);
  Lane& lane = lanes_[partition];
  if (lane.open.empty()) return reported;
  const auto is_due = [&] { return lane.open.front().report || !session_ || session_->dead(); };
  if (wait > Duration()) reported_.wait_for(lock, std::chrono::microseconds(wait.micros()), is_due);
  while (!lane.open.empty() && lane.open.front().report) {
    reported.emplace_back(lane.open.front().cookie, *lane.open.front().report);
    lane.open.pop_front();
    ++lane.first_open;
  }
  return reported;
}

void KafkaAppender::Poll(std::uint32_t partition, Duration wait, Completed completed) {
  ReplaceIfDead();
  for (const auto& [cookie, report] : TakeReported(partition, wait))
    completed(cookie, Judge(partition, report));
}

// Whoever hears "unknown" reads back up to the end; so the end is asked for, once the report is in.
AppendResult KafkaAppender::Judge(std::uint32_t partition, const Report& report) {
  if (!report.stored) return {AppendFate::kFailed, 0};
  if (lanes_[partition].plausible.Take(report.offset)) {
    const auto offset = static_cast<Offset>(report.offset);
    ends_.Raise(partition, offset + 1);
    return {AppendFate::kStored, offset};
  }
  {
    const std::lock_guard lock(mutex_);
    ++stats_.places_doubted;
  }
  const std::optional<Offset> end = ask_end_(partition);
  if (!end) return {AppendFate::kFailed, 0};
  ends_.Raise(partition, *end);
  return {AppendFate::kUnknown, 0};
}

KafkaStats KafkaAppender::stats() const {
  const std::lock_guard lock(mutex_);
  return stats_;
}

}  // namespace dialtone::engine
