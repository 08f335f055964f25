// A caller of a server over the wire: bytes in, bytes out, so that tests can compare answers byte
// for byte. Blocks. Any thread.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/status.h>

#include <chrono>
#include <memory>
#include <mutex>
#include <string>
#include <tl/expected.hpp>
#include <vector>

#include "controlplane/kernel/token.h"

namespace dialtone::testing {

// How a call ended, as it came.
struct WireAnswer {
  grpc::Status status;
  std::string reply;  // the message's bytes; empty if it was refused

  // The code, the message, the details and the reply in one.
  std::string Bytes() const;
};

class Caller {
 public:
  explicit Caller(const std::string& target);

  // `path` as in `/dialtone.billing.v1.BillingService/ConsumeCredits`. The answer's token is kept
  // and sent with what follows, so that queries see what was done.
  WireAnswer Send(const std::string& path, const std::string& request,
                  std::chrono::milliseconds timeout = std::chrono::seconds(20));
  // One message into a method that streams in either direction; gives the first that comes back.
  WireAnswer SendInStream(const std::string& path, const std::string& request,
                          std::chrono::milliseconds timeout);
  // To the method that takes this type.
  WireAnswer Send(const google::protobuf::Message& request,
                  std::chrono::milliseconds timeout = std::chrono::seconds(20));
  template <class Reply>
  tl::expected<Reply, grpc::Status> Call(const google::protobuf::Message& request) {
    const WireAnswer answer = Send(request);
    Reply reply;
    if (answer.status.ok() && reply.ParseFromString(answer.reply)) return reply;
    return tl::unexpected(answer.status);
  }
  // REQUIRES: it is answered; a refusal aborts, for what a test or a benchmark stands on.
  template <class Reply>
  Reply Must(const google::protobuf::Message& request) {
    Reply reply;
    MustInto(request, reply);
    return reply;
  }

  // Whether the server says that it answers for this service.
  bool Serves(const std::string& service);
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  void MustInto(const google::protobuf::Message& request, google::protobuf::Message& reply);
  std::string token() const;
  void Saw(const grpc::ClientContext& context);

  const std::shared_ptr<grpc::Channel> channel_;
  grpc::GenericStub stub_;
  mutable std::mutex mutex_;
  ConsistencyToken token_;
};

// REQUIRES: a method takes this type.
std::string PathOf(const google::protobuf::Descriptor& request);
// Every method of every service that is linked, in the order of their names.
const std::vector<const google::protobuf::MethodDescriptor*>& LinkedMethods();
// Canonical text of a UUIDv7 that was issued then.
std::string MintRequestId(
    std::chrono::system_clock::time_point issued = std::chrono::system_clock::now());

}  // namespace dialtone::testing
