#include "controlplane/edge/rpc/command_stream.h"

#include <google/rpc/status.pb.h>

#include <utility>

#include "controlplane/edge/rpc/counting.h"
#include "controlplane/edge/rpc/read_answer.h"
#include "controlplane/edge/rpc/unary_call.h"

namespace dialtone::edge {

namespace {

// True if the refusal found its place in the reply: its field `google.rpc.Status status`.
bool PutStatus(const grpc::Status& status, google::protobuf::Message& reply) {
  const auto* const field = reply.GetDescriptor()->FindFieldByName("status");
  if (field == nullptr || field->message_type() != google::rpc::Status::descriptor()) return false;
  auto& place =
      static_cast<google::rpc::Status&>(*reply.GetReflection()->MutableMessage(&reply, field));
  if (place.ParseFromString(status.error_details()) && place.code() != 0) return true;
  place.set_code(status.error_code());
  place.set_message(status.error_message());
  return true;
}

}  // namespace

StreamSlot& StreamOrder::Open(std::unique_ptr<google::protobuf::Message> reply) {
  const std::lock_guard lock(mutex_);
  return slots_.emplace_back(StreamSlot{std::move(reply), grpc::Status::OK, false});
}

void StreamOrder::Done(StreamSlot& slot, grpc::Status status, const engine::Token& token) {
  {
    const std::lock_guard lock(mutex_);
    if (!status.ok() && PutStatus(status, *slot.reply)) status = grpc::Status::OK;
    slot.status = std::move(status);
    slot.is_done = true;
    for (const Position& at : token) seen_.Add(at);
  }
  Advance();
}

void StreamOrder::ReadOn() {
  {
    const std::lock_guard lock(mutex_);
    if (ended_) return;
    reading_ = slots_.size() < kInFlight ? Reading::kOn : Reading::kPaused;
    if (reading_ == Reading::kPaused) return;
  }
  wire_.Read();
}

void StreamOrder::ReadsOver() {
  {
    const std::lock_guard lock(mutex_);
    reading_ = Reading::kOver;
  }
  Advance();
}

void StreamOrder::Written() {
  bool reads_on = false;
  {
    const std::lock_guard lock(mutex_);
    slots_.pop_front();
    writing_ = false;
    // Decided here: once the lock is free, the next reply may be on its way and come here too.
    reads_on = reading_ == Reading::kPaused && !ended_;
    if (reads_on) reading_ = Reading::kOn;
  }
  if (reads_on) wire_.Read();
  Advance();
}

void StreamOrder::Broken() {
  {
    const std::lock_guard lock(mutex_);
    writing_ = false;
    if (std::exchange(ended_, true)) return;
  }
  wire_.End({grpc::StatusCode::CANCELLED, "the caller is gone"}, ConsistencyToken());
}

// The next thing to do on the wire: the reply at the front, or the end.
void StreamOrder::Advance() {
  const google::protobuf::Message* reply = nullptr;
  grpc::Status status;
  ConsistencyToken seen;
  {
    const std::lock_guard lock(mutex_);
    if (ended_ || writing_) return;
    const bool is_empty = slots_.empty();
    if (is_empty ? reading_ != Reading::kOver : !slots_.front().is_done) return;
    if (!is_empty) status = slots_.front().status;
    if (!is_empty && status.ok()) reply = slots_.front().reply.get();
    writing_ = reply != nullptr;
    ended_ = reply == nullptr;
    if (ended_) seen = seen_;
  }
  reply != nullptr ? wire_.Write(*reply) : wire_.End(status, seen);
}

StreamCall::StreamCall(const DoorParts& parts, WaitPool& pool, const Method& method,
                       std::shared_ptr<StreamOrder> order, StreamSlot& slot, const Asked& asked,
                       const Caller& caller, std::string resource)
    : Call(asked, caller.deadline),
      parts_(parts),
      pool_(pool),
      method_(method),
      order_(std::move(order)),
      slot_(slot),
      resource_(std::move(resource)),
      began_(caller.began) {}

void StreamCall::Answered(const ledger::v1::Answer& answer, const engine::Token& token) {
  if (!Win()) return;
  const AnswerReading reading{parts_, KeysOf(parts_), method_, resource_, *slot_.reply};
  if (auto read = ReadAtHand(answer, reading)) return Finish(std::move(*read), token);
  ReadLater(answer, reading, pool_, [call = CallRef(this), this, token](grpc::Status status) {
    Finish(std::move(status), token);
  });
}

void StreamCall::Late() { Finish(LateStatus(*this), {}); }

void StreamCall::Finish(grpc::Status status, const engine::Token& token) {
  method_.metrics->Command(status.error_code(), began_);
  CountRefusal(parts_, status);
  order_->Done(slot_, std::move(status), token);
}

}  // namespace dialtone::edge
