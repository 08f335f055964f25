// A connection to Dialtone: calls with deadlines, request ids, retries under the same id, and reads
// that see what was written. Any thread.
#pragma once

#include <google/protobuf/message.h>
#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <tl/expected.hpp>
#include <utility>

#include "clients/cpp/failure.h"
#include "clients/cpp/freshness.h"
#include "clients/cpp/methods.h"
#include "clients/cpp/request_id.h"

namespace dialtone::clients {

struct Settings {
  // HOST:PORT; of several nodes ADDRESS:PORT,…, by their IPv4 addresses: the first that answers.
  std::string server = "127.0.0.1:7400";
  std::string actor;                          // users/ann, services/x; empty: who one is by default
  std::chrono::milliseconds timeout{10'000};  // of a call with all its attempts
  int attempts_max = 5;
};

// What came with an answer.
struct Called {
  std::string request_id;  // empty: the call changes nothing
  std::string rule_trace;  // of a dry run: a serialised dialtone.type.v1.RuleTrace
};

class Stream;

class Client {
 public:
  // `freshness` outlives the client; several clients may share it.
  Client(Settings settings, Freshness& freshness);

  // Mints the request's id if it has none, and asks again under the same id while the server cannot
  // be reached. The request then bears the id.
  tl::expected<Called, Failure> Call(google::protobuf::Message& request,
                                     google::protobuf::Message& reply, Called* trailing = nullptr);
  template <class Reply, class Request>
  tl::expected<Reply, Failure> Call(Request request) {
    Reply reply;
    auto called = Call(static_cast<google::protobuf::Message&>(request), reply);
    if (!called) return tl::unexpected(std::move(called.error()));
    return reply;
  }
  // A method that streams in either direction, for as long as `timeout` at most; zero: for ever.
  std::unique_ptr<Stream> Open(const google::protobuf::MethodDescriptor& method,
                               std::chrono::milliseconds timeout);

  // Whether the server says that it answers for this service:
  // `dialtone.inventory.v1.InventoryService`.
  bool Serves(const std::string& service);

  // Request ids carry the time: a server with a simulated clock wants its own.
  void SetServerTime(WallTime now);
  // For who keeps the id of a request before it is sent.
  std::string MintRequestId() const;
  const Settings& settings() const { return settings_; }

 private:
  grpc::Status Attempt(const std::string& path, const google::protobuf::Message& request,
                       google::protobuf::Message& reply, WallTime deadline, Called& called);
  void Prepare(grpc::ClientContext& context) const;
  std::string FillRequestId(google::protobuf::Message& request) const;

  const Settings settings_;
  Freshness& freshness_;
  grpc::GenericStub stub_;
  std::atomic<std::chrono::milliseconds::rep> ahead_{0};  // the server's clock, of ours
};

}  // namespace dialtone::clients
