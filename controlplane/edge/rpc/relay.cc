#include "controlplane/edge/rpc/relay.h"

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <mutex>
#include <utility>
#include <vector>

#include "controlplane/kernel/check.h"

namespace dialtone::edge {

namespace {

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
    {
      const std::lock_guard lock(mutex_);
      waiting_.push_back({call, std::move(status)});
      if (std::exchange(busy_, true)) return;
    }
    StartWrite(&message_);
  }

 private:
  struct Ended {
    grpc::ServerUnaryReactor* call;
    grpc::Status status;
  };

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
  bool busy_ = false;
  bool done_ = false;
};

Relay::Relay() : line_(std::make_unique<Line>()) {}
Relay::~Relay() = default;
void Relay::Finish(grpc::ServerUnaryReactor* call, grpc::Status status) {
  line_->Finish(call, std::move(status));
}

}  // namespace dialtone::edge
