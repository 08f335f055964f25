#include "controlplane/edge/rpc/relay.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "controlplane/kernel/check.h"

namespace dialtone::edge {

namespace {

// Replies of one turn come closer to each other than this.
constexpr std::chrono::microseconds kAlone{200};

// Reads and forgets.
class Sink final : public grpc::ServerGenericBidiReactor {
 public:
  Sink() { StartRead(&message_); }
  void OnReadDone(bool ok) override {
    if (!ok) return Finish(grpc::Status::OK);
    StartRead(&message_);
  }
  void OnDone() override { delete this; }

 private:
  grpc::ByteBuffer message_;
};

class SinkService final : public grpc::CallbackGenericService {
  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext*) override {
    return new Sink();
  }
};

}  // namespace

// A stream within the process: whatever is written to it comes back as an event of gRPC's, in a
// thread of gRPC's.
class Relay::Line final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Line() {
    grpc::ServerBuilder builder;
    builder.RegisterCallbackGenericService(&service_);
    server_ = builder.BuildAndStart();
    DIALTONE_CHECK(server_ != nullptr, "gRPC starts no server within the process");
    grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub(
        server_->InProcessChannel(grpc::ChannelArguments()));
    stub.PrepareBidiStreamingCall(&context_, "/relay", {}, this);
    AddHold();
    StartCall();
  }
  ~Line() override {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return !busy_; });
    }
    context_.TryCancel();
    RemoveHold();
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return done_; });
    }
    server_->Shutdown();
  }

  void Finish(grpc::ServerUnaryReactor* call, grpc::Status status) {
    switch (Take(call, status)) {
      case Way::kHere:
        return call->Finish(std::move(status));
      case Way::kThere:
        return StartWrite(&message_);
      case Way::kUnderWay:
        return;
    }
  }

 private:
  struct Ended {
    grpc::ServerUnaryReactor* call;
    grpc::Status status;
  };

  using Clock = std::chrono::steady_clock;
  enum class Way : std::uint8_t { kHere, kThere, kUnderWay };

  Way Take(grpc::ServerUnaryReactor* call, grpc::Status& status) {
    const std::lock_guard lock(mutex_);
    const Clock::time_point now = Clock::now();
    const bool comes_alone = now - std::exchange(last_, now) > kAlone;
    if (!busy_ && comes_alone) return Way::kHere;
    waiting_.push_back({call, std::move(status)});
    return std::exchange(busy_, true) ? Way::kUnderWay : Way::kThere;
  }
  void OnWriteDone(bool) override {
    std::vector<Ended> ended;
    while (TakeWaiting(ended)) {
      for (Ended& one : ended) one.call->Finish(std::move(one.status));
    }
  }
  // False: nobody waits, and who comes next writes again.
  bool TakeWaiting(std::vector<Ended>& ended) {
    const std::lock_guard lock(mutex_);
    ended.clear();
    ended.swap(waiting_);
    busy_ = !ended.empty();
    if (!busy_) changed_.notify_all();
    return busy_;
  }
  void OnDone(const grpc::Status&) override {
    const std::lock_guard lock(mutex_);
    done_ = true;
    changed_.notify_all();
  }

  SinkService service_;
  std::unique_ptr<grpc::Server> server_;
  grpc::ClientContext context_;
  const grpc::ByteBuffer message_{nullptr, 0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Ended> waiting_;
  Clock::time_point last_;
  bool busy_ = false;
  bool done_ = false;
};

Relay::Relay() : line_(std::make_unique<Line>()) {}
Relay::~Relay() = default;
void Relay::Finish(grpc::ServerUnaryReactor* call, grpc::Status status) {
  line_->Finish(call, std::move(status));
}

}  // namespace dialtone::edge
