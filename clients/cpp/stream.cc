#include "clients/cpp/stream.h"

#include <utility>

#include "clients/cpp/wire.h"

namespace dialtone::clients {

Stream::Stream(grpc::GenericStub& stub, std::unique_ptr<grpc::ClientContext> context,
               const std::string& path)
    : context_(std::move(context)), call_(stub.PrepareCall(context_.get(), path, &queue_)) {
  call_->StartCall(this);
  Completed();
}

Stream::~Stream() {
  if (!is_finished_) {
    Cancel();
    Finish();
  }
  queue_.Shutdown();
  Completed();  // gRPC wants its queue drained
}

// One operation is under way at a time, so that whatever completes is it.
bool Stream::Completed() {
  void* tag = nullptr;
  bool ok = false;
  return queue_.Next(&tag, &ok) && ok;
}

bool Stream::Write(const google::protobuf::Message& message) {
  call_->Write(ToWire(message), this);
  return Completed();
}

bool Stream::WritesDone() {
  call_->WritesDone(this);
  return Completed();
}

bool Stream::Read(google::protobuf::Message& message) {
  grpc::ByteBuffer wire;
  call_->Read(&wire, this);
  return Completed() && FromWire(wire, message);
}

grpc::Status Stream::Finish() {
  grpc::Status status;
  call_->Finish(&status, this);
  Completed();
  is_finished_ = true;
  return status;
}

}  // namespace dialtone::clients
