// A node that owns partitions, as another node meets it: notes what it is sent, and answers when
// the test says so, or never.
#pragma once

#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "tests/unit/edge/purse.h"

namespace dialtone::purse {

class FakeOwner final : public grpc::CallbackGenericService {
 public:
  struct Seen {
    std::string method;
    std::multimap<std::string, std::string> metadata;
    std::chrono::system_clock::time_point deadline;
  };

  FakeOwner() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address(), grpc::InsecureServerCredentials());
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~FakeOwner() override { Die(); }

  std::string address() const { return "unix:" + (folder_.path() / "fake.sock").string(); }
  // Of the first call; waits for it.
  Seen WaitForCall() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [this] { return call_ != nullptr; });
    return seen_;
  }
  // Every connection breaks, nothing is answered.
  void Die() { server_->Shutdown(std::chrono::system_clock::now()); }

 private:
  // Leaves the call open until its caller goes or the server dies.
  class Silent final : public grpc::ServerGenericBidiReactor {
   public:
    void OnCancel() override { Finish({grpc::StatusCode::CANCELLED, "gone"}); }
    void OnDone() override { delete this; }
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    const std::lock_guard lock(mutex_);
    seen_ = {context->method(), {}, context->deadline()};
    for (const auto& [key, value] : context->client_metadata()) {
      seen_.metadata.emplace(std::string(key.data(), key.size()),
                             std::string(value.data(), value.size()));
    }
    call_ = new Silent();
    came_.notify_all();
    return call_;
  }

  Folder folder_;
  std::mutex mutex_;
  std::condition_variable came_;
  Seen seen_;
  Silent* call_ = nullptr;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace dialtone::purse
