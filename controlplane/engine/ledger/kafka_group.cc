#include "controlplane/engine/ledger/kafka_group.h"

#include <algorithm>
#include <chrono>
#include <string_view>
#include <utility>

#include "controlplane/engine/ledger/kafka_client.h"
#include "controlplane/engine/ledger/kafka_topic.h"

namespace dialtone::engine {

namespace {

constexpr std::string_view kLedgerPart = ".ledger.";
constexpr std::string_view kOwnersPart = ".owners.";
constexpr std::chrono::milliseconds kPause{50};  // shorter than between two heartbeats
constexpr std::chrono::milliseconds kLook{5};    // at the others, before this node ends
constexpr Duration kAnswerMax = Duration::Seconds(1);
// A node that stands still for less is no reason to move anything.
constexpr Duration kPollMin = Duration::Seconds(5);
// By a heartbeat a node hears that the group changes: all of them are waited for.
constexpr Duration kHeartbeat = Duration::Millis(100);

std::string OwnersTopicOf(std::string topic) {
  const auto at = topic.find(kLedgerPart);
  if (at == topic.npos) return topic + ".owners";
  return topic.replace(at, kLedgerPart.size(), kOwnersPart);
}

// For so long the group waits for a member to join again when it changes.
Duration RejoinMax(const KafkaGroupOptions& options) {
  return std::max(options.session_timeout, kPollMin);
}

std::string MillisText(Duration span) { return std::to_string(Millis(span)); }

KafkaOptions ClientOptions(const KafkaGroupOptions& options) {
  KafkaOptions of_client = options.kafka;
  const std::pair<std::string, std::string> fixed[] = {
      {"group.id", options.kafka.topic},
      {"client.id", options.member},
      {"partition.assignment.strategy", "range"},
      {"session.timeout.ms", MillisText(options.session_timeout)},
      {"heartbeat.interval.ms",
       MillisText(std::min(kHeartbeat, Duration::Micros(options.session_timeout.micros() / 3)))},
      {"max.poll.interval.ms", MillisText(RejoinMax(options))}};
  of_client.settings.insert(of_client.settings.end(), std::begin(fixed), std::end(fixed));
  return of_client;
}

}  // namespace

KafkaGroupOptions GroupOptionsOf(const KafkaOptions& ledger) {
  KafkaGroupOptions options{ledger, {}};
  options.kafka.topic = OwnersTopicOf(ledger.topic);
  return options;
}

KafkaGroup::KafkaGroup(const KafkaGroupOptions& options, Hooks hooks)
    : options_(options), hooks_(std::move(hooks)) {}

KafkaGroup::~KafkaGroup() { Leave(Duration()); }

LedgerExpected<std::unique_ptr<KafkaGroup>> KafkaGroup::Join(const KafkaGroupOptions& options,
                                                             Hooks hooks) {
  std::unique_ptr<KafkaGroup> group(new KafkaGroup(options, std::move(hooks)));
  if (auto started = group->Start(); !started) return tl::unexpected(started.error());
  return group;
}

LedgerExpected<void> KafkaGroup::Start() {
  auto client =
      OpenKafka(ClientOptions(options_), KafkaRole::kGroup, [this](rd_kafka_conf_t* conf) {
        rd_kafka_conf_set_rebalance_cb(conf, &KafkaGroup::Rebalanced);
        rd_kafka_conf_set_opaque(conf, this);
      });
  if (!client) return tl::unexpected(client.error());
  if (auto sound = EnsureTopic(*client, options_.kafka, {}); !sound) return sound;
  member_ = std::move(client->handle);
  if (auto alone = AwaitNamesakes(0); !alone) return alone;
  rd_kafka_t* const member = member_.get();
  rd_kafka_poll_set_consumer(member);
  const KafkaPartitions wanted(rd_kafka_topic_partition_list_new(1));
  rd_kafka_topic_partition_list_add(wanted.get(), options_.kafka.topic.c_str(),
                                    RD_KAFKA_PARTITION_UA);
  if (const auto error = rd_kafka_subscribe(member, wanted.get());
      error != RD_KAFKA_RESP_ERR_NO_ERROR)
    return Unreachable(options_.kafka, error);
  queue_.reset(rd_kafka_queue_get_consumer(member_.get()));
  thread_ = std::thread([this] { Serve(); });
  return {};
}

// Who does not poll leaves the group: librdkafka sees to that.
void KafkaGroup::Serve() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    const bool is_alive = hooks_.is_alive();
    if (is_alive) {
      const KafkaMessage message(
          rd_kafka_consumer_poll(member_.get(), static_cast<int>(kPause.count())));
      if (message) Take(*message);
      Stir();
    }
    LookWhetherLost();
    lock.lock();
    if (!is_alive) changed_.wait_for(lock, kPause, [this] { return stopping_; });
  }
}

// A heartbeat that is due leaves when librdkafka's own thread wakes, and that sleeps for up to
// 500 ms: whatever it is asked for wakes it.
void KafkaGroup::Stir() const {
  char* const name = rd_kafka_memberid(member_.get());
  rd_kafka_mem_free(member_.get(), name);
}

void KafkaGroup::Take(const rd_kafka_message_t& message) const {
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  options_.kafka.tell("group " + options_.kafka.topic + ": " + rd_kafka_message_errstr(&message));
}

// Nothing is read, so nothing is assigned to the consumer itself; the group does not mind. An eager
// group revokes all from everybody whenever it changes: what counts is what comes after.
void KafkaGroup::Rebalanced(rd_kafka_t* client, rd_kafka_resp_err_t what,
                            rd_kafka_topic_partition_list_t* partitions, void* group) {
  KafkaGroup& self = *static_cast<KafkaGroup*>(group);
  if (what == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
    self.Assigned(*partitions);
    const KafkaPartitions nothing(rd_kafka_topic_partition_list_new(0));
    rd_kafka_assign(client, nothing.get());
    return;
  }
  if (rd_kafka_assignment_lost(client) != 0) {
    self.Lost();
  } else {
    self.Revoked();
  }
  rd_kafka_assign(client, nullptr);
}

// librdkafka says that an assignment is lost only to who has one. Who joins again and cannot reach
// the group is told nothing, and the others have been given what it had.
void KafkaGroup::Revoked() {
  const Duration patience = RejoinMax(options_) + kAnswerMax;
  lost_at_ = std::chrono::steady_clock::now() + std::chrono::microseconds(patience.micros());
}

void KafkaGroup::LookWhetherLost() {
  if (lost_at_ && std::chrono::steady_clock::now() >= *lost_at_) Lost();
}

void KafkaGroup::Assigned(const rd_kafka_topic_partition_list_t& partitions) {
  std::vector<std::uint32_t> numbers;
  lost_at_.reset();
  for (int i = 0; i < partitions.cnt; ++i)
    numbers.push_back(static_cast<std::uint32_t>(partitions.elems[i].partition));
  std::sort(numbers.begin(), numbers.end());
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  hooks_.assigned(numbers);
}

void KafkaGroup::Lost() {
  lost_at_.reset();
  const std::lock_guard lock(mutex_);
  if (stopping_) return;
  hooks_.lost();
}

// False: it was stopped before, or never started.
bool KafkaGroup::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(stopping_, true) || !thread_.joinable()) return false;
  }
  changed_.notify_all();
  rd_kafka_queue_yield(queue_.get());
  thread_.join();
  return true;
}

void KafkaGroup::Leave(Duration patience) {
  if (!Stop()) return;
  rd_kafka_consumer_close(member_.get());
  using Clock = std::chrono::steady_clock;
  const auto deadline = Clock::now() + std::chrono::microseconds(patience.micros());
  while (Clock::now() < deadline && OthersAreBusy()) std::this_thread::sleep_for(kLook);
}

// None: the brokers do not answer.
KafkaGroupList KafkaGroup::AskGroup() const {
  const rd_kafka_group_list* answer = nullptr;
  const auto error = rd_kafka_list_groups(member_.get(), options_.kafka.topic.c_str(), &answer,
                                          Millis(kAnswerMax));
  KafkaGroupList groups(answer);
  const bool is_told =
      (error == RD_KAFKA_RESP_ERR_NO_ERROR || error == RD_KAFKA_RESP_ERR__PARTIAL) && groups &&
      groups->group_cnt == 1;
  return is_told ? std::move(groups) : nullptr;
}

// The group has members, and has not told them all yet what they should own.
bool KafkaGroup::OthersAreBusy() const {
  const KafkaGroupList groups = AskGroup();
  if (!groups) return false;
  const std::string_view state = groups->groups[0].state;
  return state == "PreparingRebalance" || state == "CompletingRebalance";
}

std::optional<std::vector<std::string>> KafkaGroup::AskMembers() const {
  const KafkaGroupList groups = AskGroup();
  if (!groups) return std::nullopt;
  const rd_kafka_group_info& group = groups->groups[0];
  std::vector<std::string> names;
  for (int i = 0; i < group.member_cnt; ++i) names.emplace_back(group.members[i].client_id);
  return names;
}

LedgerExpected<void> KafkaGroup::CheckName() const { return AwaitNamesakes(1); }

// A node that was killed is a member until brokers miss it; then its name is free.
LedgerExpected<void> KafkaGroup::AwaitNamesakes(std::ptrdiff_t count_max) const {
  const Duration patience = RejoinMax(options_) + kAnswerMax;
  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::microseconds(patience.micros());
  while (true) {
    const auto members = AskMembers();
    if (!members || std::count(members->begin(), members->end(), options_.member) <= count_max)
      return {};
    if (std::chrono::steady_clock::now() >= deadline) break;
    std::this_thread::sleep_for(kPause);
  }
  return Refuse(LedgerFault::kInUse, "another node of the ledger says that it is reached at " +
                                         options_.member +
                                         ": name an address of its own for each with --advertise");
}

}  // namespace dialtone::engine
