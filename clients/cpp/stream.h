// A call that streams, in lockstep with one thread of the caller.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/client_context.h>
#include <grpcpp/completion_queue.h>
#include <grpcpp/generic/generic_stub.h>

#include <memory>
#include <string>

namespace dialtone::clients {

class Stream {
 public:
  Stream(grpc::GenericStub& stub, std::unique_ptr<grpc::ClientContext> context,
         const std::string& path);
  ~Stream();  // cancels what is not finished
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  // False: the stream is over; Finish tells why.
  bool Write(const google::protobuf::Message& message);
  // No more is written.
  bool WritesDone();
  // False: nothing more comes; Finish tells why.
  bool Read(google::protobuf::Message& message);
  grpc::Status Finish();
  // Any thread: whoever waits in the stream goes on.
  void Cancel() { context_->TryCancel(); }

 private:
  bool Completed();

  std::unique_ptr<grpc::ClientContext> context_;
  grpc::CompletionQueue queue_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
  bool is_finished_ = false;
};

}  // namespace dialtone::clients
