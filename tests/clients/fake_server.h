// A server of no slice: each method answers as the test says.
#pragma once

#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/methods.h"
#include "clients/cpp/wire.h"

namespace dialtone::clients {

// A refusal, as Dialtone tells it.
inline google::rpc::Status RefusalOf(grpc::StatusCode code, const std::string& reason,
                                     const std::map<std::string, std::string>& facts = {}) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(code));
  status.set_message(reason);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  info.mutable_metadata()->insert(facts.begin(), facts.end());
  status.add_details()->PackFrom(info);
  return status;
}

inline grpc::Status ToGrpc(const google::rpc::Status& status) {
  return {static_cast<grpc::StatusCode>(status.code()), status.message(),
          status.SerializeAsString()};
}

class FakeServer : public grpc::CallbackGenericService {
 public:
  FakeServer() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeServer() override { server_->Shutdown(std::chrono::system_clock::now()); }

  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  // One call at a time is answered. Before the first call.
  template <class Request, class Reply>
  void On(std::function<grpc::Status(const Request&, Reply&)> answer) {
    const auto& method = MethodOf(*Request::descriptor());
    answers_[PathOf(method)] = [answer = std::move(answer)](const grpc::ByteBuffer& wire,
                                                            std::string& bytes) {
      Request request;
      Reply reply;
      if (!FromWire(wire, request)) return grpc::Status(grpc::StatusCode::INTERNAL, "no request");
      grpc::Status status = answer(request, reply);
      bytes = reply.SerializeAsString();
      return status;
    };
  }
  // The methods that were called, in their order.
  std::vector<std::string> called() {
    const std::lock_guard lock(mutex_);
    return called_;
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(FakeServer& server, std::string path) : server_(server), path_(std::move(path)) {
      StartRead(&wire_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish({grpc::StatusCode::INTERNAL, "no request"});
      std::string bytes;
      const grpc::Status status = server_.Answer(path_, wire_, bytes);
      if (!status.ok()) return Finish(status);
      wire_ = ToWire(bytes);
      StartWriteAndFinish(&wire_, {}, grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    FakeServer& server_;
    const std::string path_;
    grpc::ByteBuffer wire_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, context->method());
  }
  grpc::Status Answer(const std::string& path, const grpc::ByteBuffer& wire, std::string& bytes) {
    const std::lock_guard lock(mutex_);
    called_.push_back(path.substr(path.rfind('/') + 1));
    const auto answer = answers_.find(path);
    if (answer == answers_.end()) return {grpc::StatusCode::UNIMPLEMENTED, path};
    return answer->second(wire, bytes);
  }

  std::mutex mutex_;
  std::map<std::string, std::function<grpc::Status(const grpc::ByteBuffer&, std::string&)>>
      answers_;
  std::vector<std::string> called_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace dialtone::clients
