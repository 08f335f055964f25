#include "controlplane/edge/rpc/peers.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <atomic>
#include <optional>

#include "controlplane/edge/rpc/status.h"
#include "controlplane/edge/rpc/unary_call.h"
#include "controlplane/kernel/check.h"
#include "dialtone/ledger/v1/runtime_refusal.pb.h"

namespace dialtone::edge {

namespace {

using grpc::StatusCode;
using telemetry::Forwarded;

constexpr int kReconnectMillisMin = 50;
constexpr int kReconnectMillisMax = 1'000;
constexpr int kConnectMillisMax = 2'000;
// Servers bear pings that are 10 s apart.
constexpr int kPingMillis = 15'000;
constexpr int kPingAnswerMillisMax = 5'000;
constexpr std::chrono::milliseconds kLook{100};
constexpr char kOurs[] = "dialtone-";

std::shared_ptr<grpc::Channel> NewChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // its connection ends with it
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectMillisMin);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kConnectMillisMax);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMillisMax);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, kPingMillis);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, kPingAnswerMillisMax);
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);     // once: the caller asks again
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // whatever the environment says
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

std::chrono::system_clock::time_point OnTheWall(Deadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  return std::chrono::system_clock::now() +
         std::chrono::duration_cast<std::chrono::system_clock::duration>(left);
}

// No answer, and nobody knows whether there was to be one.
grpc::Status LostStatus(const Call& call) {
  ledger::v1::Refusal refusal;
  refusal.set_reason(ledger::v1::RuntimeRefusal_Name(ledger::v1::OUTCOME_UNKNOWN_RETRY_SAME_ID));
  ledger::v1::Fact& fact = *refusal.add_facts();
  fact.set_name("request_id");
  fact.set_value(RequestIdText(call.request_id()));
  return ToStatus(refusal, "");
}

// What gRPC says of a connection, in either node's words.
bool IsOfTheConnection(StatusCode code) {
  return code == StatusCode::UNAVAILABLE || code == StatusCode::CANCELLED ||
         code == StatusCode::INTERNAL || code == StatusCode::UNKNOWN || code == StatusCode::ABORTED;
}

}  // namespace

// A command between this node and the owner of its partition.
class HopCall final : public Call {
 public:
  HopCall(Peers& peers, Hop hop, HopDone done)
      : Call(hop.asked, hop.caller.deadline),
        peers_(peers),
        hop_(std::move(hop)),
        path_("/" + hop_.method.service + "/" + hop_.method.name),
        done_(std::move(done)) {
    context_.set_deadline(OnTheWall(deadline()));
    AddHop(
        {RequestIdText(request_id()), BodySaid(hop_.asked), hop_.caller.actor.name, hop_.carried},
        hop_.method, peers_.parts_, context_);
  }

  void Start() {
    stub_ = peers_.StubOf(hop_.destination.address);
    stub_->UnaryCall(&context_, path_, {}, hop_.request.get(), hop_.reply,
                     [call = CallRef(this)](grpc::Status status) {
                       static_cast<HopCall&>(*call).Ended(std::move(status));
                     });
  }
  // No call was made.
  void EndUnsent() { done_({LateStatus(*this), {}, false}); }
  // Whether the partition has been another node's for so long that this one answers no more. In the
  // keeper's thread.
  bool IsLeftBehind(Deadline now) {
    const engine::Owners& owners = peers_.parts_.loop.owners();
    if (owners.Elsewhere(hop_.destination.partition) == hop_.destination.address) {
      moved_at_.reset();
      return false;
    }
    if (!moved_at_) moved_at_ = now;
    return now - *moved_at_ >= Peers::kFarewell;
  }
  void LeaveBehind() {
    is_left_behind_.store(true);
    if (Win()) context_.TryCancel();
  }

  void Answered(const ledger::v1::Answer&, const engine::Token&) override {
    DIALTONE_CHECK(false, "the loop was given a command that another node decides");
  }
  // The call ends by that.
  void Late() override { context_.TryCancel(); }

 private:
  void Ended(grpc::Status status) {
    const bool was_late = !Win();
    Hopped hopped{std::move(status), Trailing(), true};
    peers_.parts_.metrics.Count(Judge(hopped, was_late));
    if (!hopped.is_of_owner && minted())
      hopped.trailing.emplace_back("dialtone-request-id", RequestIdText(request_id()));
    done_(std::move(hopped));
    peers_.Forget(*this);
  }
  Forwarded Judge(Hopped& hopped, bool was_late) const {
    const grpc::Status& status = hopped.status;
    if (status.ok()) return Forwarded::kAnswered;
    if (!ReasonOf(status).empty()) return Forwarded::kRefused;
    const bool is_late = was_late || status.error_code() == StatusCode::DEADLINE_EXCEEDED;
    if (!is_late && !IsOfTheConnection(status.error_code())) return Forwarded::kRefused;
    const bool is_lost = !is_late || is_left_behind_.load();
    hopped.is_of_owner = false;
    hopped.status = is_lost ? LostStatus(*this) : LateStatus(*this);
    return is_lost ? Forwarded::kLost : Forwarded::kLate;
  }
  std::vector<std::pair<std::string, std::string>> Trailing() const {
    std::vector<std::pair<std::string, std::string>> ours;
    for (const auto& [key, value] : context_.GetServerTrailingMetadata()) {
      if (key.starts_with(kOurs))
        ours.emplace_back(std::string(key.data(), key.size()),
                          std::string(value.data(), value.size()));
    }
    return ours;
  }

  Peers& peers_;
  const Hop hop_;
  const std::string path_;
  HopDone done_;
  grpc::ClientContext context_;
  std::shared_ptr<Peers::Stub> stub_;
  std::optional<Deadline> moved_at_;  // the keeper's thread's
  std::atomic<bool> is_left_behind_{false};
};

Peers::Peers(const DoorParts& parts, DeadlineKeeper& keeper) : parts_(parts), keeper_(keeper) {
  keeper_.EachTick([this](Deadline now) { LeaveOldOwners(now); });
}

Peers::~Peers() {
  keeper_.EachTick(nullptr);
  std::vector<CallRef> under_way;
  std::unique_lock lock(mutex_);
  is_closing_ = true;
  for (HopCall* const call : calls_) under_way.emplace_back(call);
  lock.unlock();
  for (const CallRef& call : under_way) call->Late();
  lock.lock();
  forgotten_.wait(lock, [this] { return calls_.empty(); });
}

void Peers::Send(Hop hop, HopDone done) {
  auto* const call = new HopCall(*this, std::move(hop), std::move(done));
  const CallRef kept(call);
  if (!Begin(*call)) return call->EndUnsent();
  keeper_.Keep(kept);
  call->Start();
}

// False: no more, the node ends.
bool Peers::Begin(HopCall& call) {
  const std::lock_guard lock(mutex_);
  return !is_closing_ && calls_.insert(&call).second;
}

void Peers::Forget(HopCall& call) {
  const std::lock_guard lock(mutex_);
  calls_.erase(&call);
  forgotten_.notify_all();
}

// A node that hangs says nothing; whoever owns its partition now can be asked.
void Peers::LeaveOldOwners(Deadline now) {
  if (now - looked_at_ < kLook) return;
  looked_at_ = now;
  std::vector<CallRef> left_behind;
  {
    const std::lock_guard lock(mutex_);
    for (HopCall* const call : calls_) {
      if (call->IsLeftBehind(now)) left_behind.emplace_back(call);
    }
  }
  for (const CallRef& call : left_behind) static_cast<HopCall&>(*call).LeaveBehind();
}

// Channels of nodes that own nothing any more go when a new one comes.
std::shared_ptr<Peers::Stub> Peers::StubOf(const std::string& address) {
  const std::lock_guard lock(mutex_);
  auto& stub = stubs_[address];
  if (stub != nullptr) return stub;
  stub = std::make_shared<Stub>(NewChannel(address));
  const auto made = stub;
  absl::erase_if(stubs_, [&](const auto& known) {
    return known.first != address && !parts_.loop.owners().OwnsAny(known.first);
  });
  return made;
}

void HopLine::Add(Hop hop, HopDone done) {
  Waiting next{std::move(hop), std::move(done)};
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(is_busy_, true)) return waiting_.push_back(std::move(next));
  }
  Send(std::move(next));
}

void HopLine::Send(Waiting next) {
  peers_.Send(std::move(next.hop),
              [line = shared_from_this(), done = std::move(next.done)](Hopped hopped) mutable {
                done(std::move(hopped));
                line->GoOn();
              });
}

void HopLine::GoOn() {
  std::unique_lock lock(mutex_);
  is_busy_ = !waiting_.empty();
  if (!is_busy_) return;
  Waiting next = std::move(waiting_.front());
  waiting_.pop_front();
  lock.unlock();
  Send(std::move(next));
}

}  // namespace dialtone::edge
