// A stream in which each message is a command: replies come back in the order of the messages, at
// most kInFlight of them undecided, and nothing more is read until the caller takes its replies. A
// refusal goes into the reply's field `google.rpc.Status status` where it has one, and else ends
// the stream behind the replies before it.
#pragma once

#include <absl/functional/any_invocable.h>
#include <google/protobuf/message.h>
#include <grpcpp/support/server_callback.h>

#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

#include "controlplane/edge/rpc/asked.h"
#include "controlplane/edge/rpc/call.h"
#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/parts.h"
#include "controlplane/edge/rpc/wait_pool.h"

namespace dialtone::edge {

// One message of a stream, and what is known of its answer.
struct StreamSlot {
  std::unique_ptr<google::protobuf::Message> reply;
  grpc::Status status;
  bool is_done = false;
};

// The order of a stream's answers; shared with the commands that are on their way, and so outlives
// the stream. Any thread.
class StreamOrder {
 public:
  static constexpr std::size_t kInFlight = 32;

  // What gRPC does for the stream. Called outside of any lock.
  class Wire {
   public:
    virtual ~Wire() = default;
    virtual void Read() = 0;
    virtual void Write(const google::protobuf::Message& reply) = 0;
    virtual void End(const grpc::Status& status, const ConsistencyToken& seen) = 0;
  };
  // On: a read is on the wire, or its message is being taken in.
  enum class Reading : std::uint8_t { kOn, kPaused, kOver };

  StreamOrder(Wire& wire, std::string cluster_id) : wire_(wire), seen_(std::move(cluster_id)) {}

  // A message came; its slot stays where it is until its reply is written.
  StreamSlot& Open(std::unique_ptr<google::protobuf::Message> reply);
  void Done(StreamSlot& slot, grpc::Status status, const engine::Token& token);
  // After each message: reads on, unless too many wait.
  void ReadOn();
  void ReadsOver();
  void Written();
  void Broken();  // the caller is gone

 private:
  void Advance();

  Wire& wire_;  // after End nothing but a read that was due before
  std::mutex mutex_;
  std::deque<StreamSlot> slots_;
  ConsistencyToken seen_;
  Reading reading_ = Reading::kOn;
  bool writing_ = false;
  bool ended_ = false;
};

// A command of a stream.
class StreamCall final : public Call {
 public:
  StreamCall(const DoorParts& parts, WaitPool& pool, const Method& method,
             std::shared_ptr<StreamOrder> order, StreamSlot& slot, const Asked& asked,
             const Caller& caller, std::string resource);
  void Answered(const ledger::v1::Answer& answer, const engine::Token& token) override;
  void Late() override;

 private:
  void Finish(grpc::Status status, const engine::Token& token);

  const DoorParts& parts_;
  WaitPool& pool_;
  const Method& method_;
  const std::shared_ptr<StreamOrder> order_;
  StreamSlot& slot_;
  const std::string resource_;
  const telemetry::Clock::time_point began_;
};

template <class Request, class Reply>
class CommandStreamReactor final : public grpc::ServerBidiReactor<Request, Reply>,
                                   public StreamOrder::Wire {
 public:
  // Takes a message in, and gives its command to the loop; or says why not.
  using SubmitFn =
      absl::AnyInvocable<grpc::Status(Request, const std::shared_ptr<StreamOrder>&, StreamSlot&)>;

  CommandStreamReactor(Rpc* rpc, const DoorParts& parts, const Method& method, SubmitFn submit)
      : rpc_(rpc),
        parts_(parts),
        method_(method),
        submit_(std::move(submit)),
        order_(std::make_shared<StreamOrder>(*this, parts.cluster_id)) {
    this->StartRead(&request_);
  }

  void OnReadDone(bool ok) override {
    if (!ok) return order_->ReadsOver();
    StreamSlot& slot = order_->Open(std::make_unique<Reply>());
    if (auto status = submit_(std::move(request_), order_, slot); !status.ok()) {
      CountRefusal(parts_, status);
      order_->Done(slot, std::move(status), {});
    }
    request_ = Request();
    order_->ReadOn();
  }
  void OnWriteDone(bool ok) override { ok ? order_->Written() : order_->Broken(); }
  void OnCancel() override {}
  void OnDone() override { delete this; }

 private:
  void Read() override { this->StartRead(&request_); }
  void Write(const google::protobuf::Message& reply) override {
    this->StartWrite(&static_cast<const Reply&>(reply));
  }
  void End(const grpc::Status& status, const ConsistencyToken& seen) override {
    if (!seen.empty()) rpc_->AddTrailingMetadata(kConsistencyTokenKey, seen.ToText());
    method_.metrics->Handled(status.error_code(), began_);  // a refusal was its message's
    this->Finish(status);
  }

  Rpc* const rpc_;
  const DoorParts& parts_;
  const Method& method_;
  const telemetry::Clock::time_point began_ = telemetry::Clock::now();
  SubmitFn submit_;
  const std::shared_ptr<StreamOrder> order_;
  Request request_;
};

// A stream that has ended before it began.
template <class Request, class Reply>
class EndedStream final : public grpc::ServerBidiReactor<Request, Reply> {
 public:
  explicit EndedStream(const grpc::Status& status) { this->Finish(status); }
  void OnDone() override { delete this; }
};

}  // namespace dialtone::edge
