#include "controlplane/server/host.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "controlplane/edge/telemetry/log.h"
#include "controlplane/kernel/check.h"
#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/rules.h"
#include "controlplane/server/in_loop.h"

namespace dialtone::server {

namespace {

using engine::Role;

constexpr std::chrono::milliseconds kLook{2};
constexpr std::chrono::seconds kViewsWait{10};
constexpr Duration kClockWait = Duration::Minutes(1);  // for a clock that is behind the ledger
constexpr Duration kSilenceWarned = Duration::Days(7);
// For the closing entry of an owner that was told to leave at the same moment.
constexpr Duration kClaimWait = Duration::Millis(250);
constexpr char kVersion[] = DIALTONE_VERSION;

engine::NodeOptions OptionsOf(const Config& config, const Storage& storage,
                              const policy::Policy& policy) {
  engine::NodeOptions options;
  options.partition_count = storage.ledger.store->partition_count();
  options.policy_digest = std::string(AsBytes(policy.digest()));
  options.cluster = storage.ledger.cluster;
  // The folder's lock says that there is no other owner.
  options.claim_wait = storage.ledger.kafka == nullptr ? Duration() : kClaimWait;
  options.random = SystemRandom;
  return options;
}

admin::v1::Partition::Role RoleOf(Role role) {
  switch (role) {
    case Role::kFollower:
      return admin::v1::Partition::ROLE_FOLLOWER;
    case Role::kCandidate:
      return admin::v1::Partition::ROLE_CANDIDATE;
    case Role::kOwner:
      return admin::v1::Partition::ROLE_OWNER;
    case Role::kSuspect:
      return admin::v1::Partition::ROLE_SUSPECT;
    case Role::kStopped:
      return admin::v1::Partition::ROLE_STOPPED;
  }
  return admin::v1::Partition::ROLE_UNSPECIFIED;
}

admin::v1::Partition Told(std::uint32_t number, const engine::Partition& partition) {
  admin::v1::Partition told;
  told.set_partition(number);
  told.set_role(RoleOf(partition.role()));
  told.set_stop_reason(partition.stop_reason());
  told.set_term(partition.term());
  told.set_position(partition.filter().index());
  if (partition.filter().open()) told.set_owner(partition.filter().address());
  told.set_lag(partition.behind());
  told.set_queued(partition.queued());
  told.set_waiting(partition.waiting());
  *told.mutable_ledger_time() = ToProto(partition.fold().time());
  return told;
}

projections::ViewSource SourceOf(const Storage& storage, engine::Node& node) {
  const bool is_shared = storage.ledger.kafka != nullptr;
  projections::ViewSource source{
      std::string(storage.ledger.cluster.bytes()),
      {},
      node.signal(),
      is_shared ? projections::Appenders::kMany : projections::Appenders::kThisNode};
  for (std::uint32_t i = 0; i < node.partition_count(); ++i)
    source.feeds.push_back(&node.partition(i).feed());
  return source;
}

}  // namespace

Started<std::unique_ptr<Host>> Host::Start(const Config& config, telemetry::Metrics& metrics) {
  auto policy =
      config.policy.empty() ? policy::Loaded(policy::BuiltIn()) : policy::Load(config.policy);
  if (!policy) return CannotStart(ExitCode::kUsage, policy.error());
  auto storage = Storage::Open(config);
  if (!storage) return tl::unexpected(storage.error());
  std::unique_ptr<Host> host(new Host(config, metrics, std::move(*storage), std::move(*policy)));
  if (auto loaded = host->Load(); !loaded) return tl::unexpected(loaded.error());
  return host;
}

Host::Host(const Config& config, telemetry::Metrics& metrics, Storage storage,
           std::shared_ptr<const policy::Policy> policy)
    : config_(config),
      metrics_(metrics),
      storage_(std::move(storage)),
      policy_(std::move(policy)),
      started_(clock_.Now()),
      ledger_(*storage_.ledger.store, metrics.ledger_append_seconds()),
      node_(OptionsOf(config, storage_, *policy_), ledger_, *storage_.rows, reactor_, *policy_,
            [](std::uint32_t) { return NewMachine(); }) {}

Host::~Host() { Stop(); }

Started<void> Host::Load() {
  if (auto loaded = node_.Load(); !loaded) {
    return CannotLoad(config_, loaded.error());
  }
  auto views = Views::Open(config_.data / "views", SourceOf(storage_, node_));
  if (!views) return CannotStart(ExitCode::kOther, views.error());
  views_ = std::move(*views);
  for (std::uint32_t i = 0; i < node_.partition_count(); ++i) {
    if (config_.clock == ClockKind::kSimulated) clock_.StartAt(node_.partition(i).fold().time());
    ends_at_start_.push_back(ledger_.partition(i).End());
  }
  loop_ = std::make_unique<engine::Loop>(node_, clock_);
  ownership_.emplace(*loop_, clock_, IsOnKafka() ? Membership::kOutside : Membership::kAlone);
  WatchClock();
  if (IsOnKafka()) storage_.ledger.kafka->OnNews([this] { loop_->Wake(); });
  loop_->Start();
  if (auto published = PublishEvents(); !published) return published;
  stop_watch_.emplace([this] { return MindStopped(); },
                      [](const StoppedPart& stopped) {
                        telemetry::LogError("a part of the server has stopped",
                                            {{"part", stopped.part}, {"reason", stopped.reason}});
                      });
  return {};
}

Started<void> Host::BeginToOwn(const std::string& address) {
  loop_->Run([address](engine::Node& node) { node.SetAddress(address); });
  if (!IsOnKafka()) {
    ownership_->TakeAll();
    return {};
  }
  // Others leave what this node is given as soon as it is a member.
  if (auto ready = WaitWhile(&IsBehind); !ready) return ready;
  engine::KafkaGroupOptions options = engine::GroupOptionsOf(KafkaOptionsOf(config_));
  options.member = address;
  options.session_timeout = config_.kafka_session_timeout;
  return ownership_->Join(options);
}

Started<void> Host::PublishEvents() {
  if (!IsOnKafka() || config_.events == PublicFeed::kOff) return {};
  events::EventSource source{cluster_id(), {}, node_.signal(), [this] { return Owned(); }};
  for (std::uint32_t i = 0; i < node_.partition_count(); ++i)
    source.feeds.push_back(&node_.partition(i).feed());
  auto publisher =
      events::Publisher::Open(events::EventOptionsOf(KafkaOptionsOf(config_)), std::move(source));
  if (!publisher)
    return CannotStart(ExitCodeOf(publisher.error().fault), ToText(publisher.error()));
  publisher_ = std::move(*publisher);
  return {};
}

std::vector<bool> Host::Owned() {
  return InLoop(*loop_, [](const engine::Node& node) {
    std::vector<bool> owned(node.partition_count());
    for (std::uint32_t i = 0; i < node.partition_count(); ++i)
      owned[i] = node.partition(i).role() == Role::kOwner;
    return owned;
  });
}

std::vector<StoppedPart> Host::Stopped() {
  std::vector<StoppedPart> stopped;
  for (const auto& partition : Partitions()) {
    if (partition.role() != admin::v1::Partition::ROLE_STOPPED) continue;
    stopped.push_back(
        {"partitions/" + std::to_string(partition.partition()), partition.stop_reason()});
  }
  for (const auto& projection : Projections()) {
    if (!projection.stop_reason().empty())
      stopped.push_back({projection.name(), projection.stop_reason()});
  }
  return stopped;
}

std::vector<StoppedPart> Host::MindStopped() {
  if (StoppedPartition()) ownership_->StepDown();
  return Stopped();
}

void Host::WatchClock() {
  loop_->OnClockJump([](Duration jump) {
    if (jump == Duration()) return telemetry::LogInfo("the clock is believed again");
    telemetry::LogError(
        "the clock jumped: nothing is decided until it is back; if the new time is "
        "right, start the server again",
        {{"by", SecondsText(jump)}});
  });
}

std::optional<StartError> Host::StoppedPartition() {
  for (const auto& partition : Partitions()) {
    if (partition.role() != admin::v1::Partition::ROLE_STOPPED) continue;
    return StartError{ExitCode::kIntegrity, "partition " + std::to_string(partition.partition()) +
                                                " is stopped: " + partition.stop_reason()};
  }
  return std::nullopt;
}

// Of the partition whose ledger is furthest ahead of it.
Duration Host::ClockBehind() {
  const Timestamp now = clock_.Now();
  return InLoop(*loop_, [now](const engine::Node& node) {
    Duration behind;
    for (std::uint32_t i = 0; i < node.partition_count(); ++i)
      behind = std::max(behind, node.partition(i).ClockBehind(now));
    return behind;
  });
}

void Host::NoteSilence() {
  const Duration silence = InLoop(*loop_, [](const engine::Node& node) {
    Duration longest;
    for (std::uint32_t i = 0; i < node.partition_count(); ++i)
      longest = std::max(longest, node.partition(i).silence());
    return longest;
  });
  if (silence <= kSilenceWarned) return;
  telemetry::LogWarning(
      "the clock is far ahead of the ledger's last entry: all that fell due "
      "meanwhile is done now; stop the server if the clock is wrong",
      {{"by", SecondsText(silence)}});
}

// A simulated clock goes to where the ledger is.
Started<void> Host::MindClock(Duration behind) {
  if (config_.clock == ClockKind::kSimulated) {
    clock_.StartAt(clock_.Now() + behind);
    loop_->Wake();
  } else if (behind > kClockWait) {
    return CannotStart(ExitCode::kOther, "the clock is behind the ledger by " +
                                             SecondsText(behind) + ": set it, and start again");
  } else if (behind > Duration() && !std::exchange(has_told_clock_, true)) {
    telemetry::LogWarning("waits for the clock, which is behind the ledger",
                          {{"by", SecondsText(behind)}});
  }
  return {};
}

Started<void> Host::WaitWhile(absl::FunctionRef<bool(const NodeState&)> waits) {
  while (true) {
    const NodeState state = State();
    if (auto stopped = StoppedPartition()) return tl::unexpected(std::move(*stopped));
    if (!waits(state)) return {};
    if (auto minded = MindClock(state.clock_behind); !minded) return minded;
    std::this_thread::sleep_for(kLook);
  }
}

Started<void> Host::WaitUntilReady() {
  const auto views_until = std::chrono::steady_clock::now() + kViewsWait;
  const auto waits = [views_until](const NodeState& state) {
    const bool waits_for_views = std::chrono::steady_clock::now() < views_until;
    return !(waits_for_views ? WhyNotReady(state) : WhyNotDeciding(state)).empty();
  };
  if (auto ready = WaitWhile(waits); !ready) return ready;
  NoteSilence();
  return ownership_->CheckName();
}

std::vector<admin::v1::Partition> Host::Partitions() {
  return InLoop(*loop_, [](const engine::Node& node) {
    std::vector<admin::v1::Partition> told;
    for (std::uint32_t i = 0; i < node.partition_count(); ++i)
      told.push_back(Told(i, node.partition(i)));
    return told;
  });
}

std::vector<admin::v1::Projection> Host::Projections() const {
  std::vector<admin::v1::Projection> told;
  for (const auto& view : views_->all()) {
    const projections::ViewStatus status = view->Status();
    admin::v1::Projection& added = told.emplace_back();
    added.set_name("projections/" + std::string(view->name()));
    for (const std::uint64_t index : status.positions) added.add_positions(index);
    *added.mutable_lag() = ToProto(status.lag);
    added.set_ready(status.ready);
    added.set_rebuilding(status.rebuilding);
    added.set_stop_reason(status.stop_reason);
  }
  return told;
}

NodeState Host::State() {
  NodeState state;
  state.membership = ownership_->membership();
  state.clock_jump = loop_->clock_jump();
  state.clock_behind = ClockBehind();
  state.partitions = InLoop(*loop_, [this](const engine::Node& node) {
    std::vector<PartitionState> partitions;
    for (std::uint32_t i = 0; i < node.partition_count(); ++i) {
      const engine::Partition& partition = node.partition(i);
      partitions.push_back({i, partition.role(), partition.stop_reason(), partition.assigned(),
                            partition.read_to(), ends_at_start_[i], node.owners().Elsewhere(i)});
    }
    return partitions;
  });
  state.projections = Projections();
  return state;
}

std::vector<std::string> Host::NotReady() { return WhyNotReady(State()); }

void Host::FillStatus(admin::v1::ServerStatus& status) {
  status.set_version(kVersion);
  status.set_cluster_id(ToHex(cluster_id()));
  status.set_ledger(config_.ledger);
  status.set_clock(config_.clock == ClockKind::kSimulated ? "simulated" : "wall");
  *status.mutable_time() = ToProto(clock_.Now());
  *status.mutable_start_time() = ToProto(started_);
  for (std::string& reason : NotReady()) status.add_not_ready_because(std::move(reason));
  status.set_ready(status.not_ready_because().empty());
  status.set_partition_count(node_.partition_count());
  status.set_policy_digest(ToHex(AsBytes(policy_->digest())));
}

tl::expected<void, Rejection> Host::Rebuild(const std::string& projection) {
  projections::View* const view = views_->Find(projection);
  if (view == nullptr) {
    return tl::unexpected<Rejection>(
        Reject(admin::v1::PROJECTION_UNKNOWN, Named{"projection", projection}));
  }
  view->Rebuild([projection](const tl::expected<void, std::string>& rebuilt) {
    if (rebuilt)
      return telemetry::LogInfo("a read model was rebuilt", {{"projection", projection}});
    telemetry::LogError("a rebuild ended",
                        {{"projection", projection}, {"cause", rebuilt.error()}});
  });
  return {};
}

tl::expected<Timestamp, Rejection> Host::AdvanceClock(Duration by) {
  if (config_.clock != ClockKind::kSimulated)
    return tl::unexpected<Rejection>(Reject(admin::v1::CLOCK_IS_NOT_SIMULATED));
  const Timestamp now = clock_.Advance(by);
  // The first look begins a turn that sees the new time, and the second one comes after it.
  for (int look = 0; look < 2; ++look) InLoop(*loop_, [](const engine::Node&) { return true; });
  return now;
}

void Host::HandOver() {
  if (ownership_) ownership_->HandOver();
}

// The views and the publisher read the node's feeds, and so end before it.
void Host::Stop() {
  if (std::exchange(stopped_, true) || loop_ == nullptr) return;
  stop_watch_.reset();
  ownership_.reset();
  loop_->Drain();
  if (IsOnKafka()) storage_.ledger.kafka->OnNews(nullptr);
  publisher_.reset();
  views_.reset();
  storage_.rows->Flush();
}

}  // namespace dialtone::server
