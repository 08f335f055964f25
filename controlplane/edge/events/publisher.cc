#include "controlplane/edge/events/publisher.h"

#include <chrono>
#include <utility>

#include "controlplane/edge/events/session.h"
#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_topic.h"

namespace dialtone::events {

using engine::KafkaOptions;
using engine::KafkaRole;
using engine::LedgerExpected;

namespace {

using Clock = std::chrono::steady_clock;

constexpr char kLedgerTopic[] = "dialtone.ledger.v1";
constexpr char kEventTopic[] = "dialtone.events.v1";
constexpr std::chrono::milliseconds kOwnedFor{200};  // then it is asked again
constexpr std::chrono::seconds kPause{1};            // after a failure
constexpr Duration kReportsSoon = Duration::Millis(50);

engine::WantedSettings TopicSettings() {
  return {{"cleanup.policy", "delete"}, {"message.timestamp.type", "CreateTime"}};
}

}  // namespace

// An event is published soon, not at once: some milliseconds make batches of them. How long the
// topic keeps them is its operator's to say. Nothing is given up for its age alone, and nothing
// goes on behind what was given up: else the topic's last event would not tell that one before it
// is missing.
KafkaOptions EventOptionsOf(const KafkaOptions& ledger) {
  KafkaOptions options = ledger;
  options.topic = ledger.topic == kLedgerTopic ? kEventTopic : ledger.topic + ".events";
  options.append_timeout = Duration();
  options.settings.insert(options.settings.begin(), {{"enable.gapless.guarantee", "true"},
                                                     {"queue.buffering.max.ms", "5"},
                                                     {"queue.buffering.max.kbytes", "32768"},
                                                     {"statistics.interval.ms", "0"}});
  return options;
}

Publisher::Publisher(const KafkaOptions& options, EventSource source)
    : options_(options), source_(std::move(source)) {}

LedgerExpected<std::unique_ptr<Publisher>> Publisher::Open(const KafkaOptions& options,
                                                           EventSource source) {
  auto client = engine::NewKafkaClient(options, KafkaRole::kHistory);
  if (!client) return tl::unexpected(client.error());
  auto topic = engine::NewKafkaTopic(**client, options);
  if (!topic) return tl::unexpected(topic.error());
  if (auto sound = engine::EnsureTopic(**client, **topic, options, TopicSettings()); !sound)
    return tl::unexpected(sound.error());
  std::unique_ptr<Publisher> publisher(new Publisher(options, std::move(source)));
  publisher->thread_ = std::thread([&one = *publisher] { one.Serve(); });
  return publisher;
}

Publisher::~Publisher() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  stop_.notify_all();
  source_.signal.Raise();
  if (thread_.joinable()) thread_.join();
}

PublisherStats Publisher::stats() const {
  return {published_.load(), interrupted_.load(), behind_.load()};
}

void Publisher::Serve() {
  while (!stopping_) {
    const auto session = Session::Open(options_, source_);
    if (session) PublishUntilFailure(**session);
    if (stopping_) return;
    ++interrupted_;
    options_.tell("events are published anew from where their topic ends: " +
                  (session ? (*session)->failure() : ToText(session.error())));
    std::unique_lock lock(mutex_);
    stop_.wait_for(lock, kPause, [this] { return stopping_.load(); });
  }
}

void Publisher::PublishUntilFailure(Session& session) {
  std::vector<bool> owned;
  Clock::time_point asked_at;
  while (!stopping_ && session.failure().empty()) {
    const std::uint64_t seen = source_.signal.version();
    if (const auto now = Clock::now(); owned.empty() || now > asked_at + kOwnedFor) {
      owned = source_.owned();
      asked_at = now;
    }
    bool has_more = false;
    for (std::uint32_t partition = 0; partition < owned.size(); ++partition) {
      if (owned[partition]) {
        has_more |= session.Publish(partition);
      } else {
        session.Leave(partition);
      }
    }
    published_ += session.TakeReports(Duration());
    behind_ = session.behind();
    if (!has_more) source_.signal.WaitBeyond(seen, kReportsSoon);
  }
}

}  // namespace dialtone::events
