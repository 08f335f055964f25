// Closed-loop load of one unary method: N calls in flight over 4 channels, one completion queue,
// one thread. A Work supplies Request, Reply, kMethod, kItems, Work(int number), Next(Request&) and
// bool Accept(const Reply&).
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>

#include <chrono>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/benchmark/stats.h"

namespace dialtone::benchmark {

constexpr int kChannels = 4;

inline std::shared_ptr<grpc::Channel> OpenChannel(const std::string& target, int index) {
  grpc::ChannelArguments options;
  options.SetInt("dialtone.benchmark.channel", index);  // or gRPC would share one connection
  options.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), options);
}

template <class Work>
class UnaryLoad {
 public:
  // `works`: the numbers that works are made with, in turn; empty: 0, 1, …
  UnaryLoad(const std::string& target, double seconds, std::vector<int> works = {})
      : works_(std::move(works)), stats_(seconds) {
    for (int i = 0; i < kChannels; ++i)
      stubs_.push_back(std::make_unique<Stub>(OpenChannel(target, i)));
  }

  // Gives the exit code: 1 if any call failed.
  int Run(int in_flight) {
    std::vector<Slot> slots;
    slots.reserve(static_cast<std::size_t>(in_flight));
    for (int i = 0; i < in_flight; ++i) Begin(slots.emplace_back(i, WorkOf(i)));
    void* tag = nullptr;
    bool ok = false;
    while (in_flight > 0 && queue_.Next(&tag, &ok)) {
      auto& slot = *static_cast<Slot*>(tag);
      const auto now = Clock::now();
      Count(slot, now);
      stats_.IsOver(now) || stats_.failed() > kFailuresMax ? static_cast<void>(--in_flight)
                                                           : Begin(slot);
    }
    stats_.Print(Work::kItems);
    return stats_.failed() == 0 ? 0 : 1;
  }

 private:
  using Request = typename Work::Request;
  using Reply = typename Work::Reply;
  using Stub = grpc::TemplatedGenericStub<Request, Reply>;
  static constexpr std::uint64_t kFailuresMax = 1'000;

  struct Slot {
    Slot(int slot, int number) : index(static_cast<std::size_t>(slot)), work(number) {}
    std::size_t index;
    Work work;
    Request request;
    Reply reply;
    grpc::Status status;
    std::unique_ptr<grpc::ClientContext> context;
    std::unique_ptr<grpc::ClientAsyncResponseReader<Reply>> call;
    Clock::time_point began;
  };

  int WorkOf(int slot) const {
    return works_.empty() ? slot : works_[static_cast<std::size_t>(slot) % works_.size()];
  }

  void Count(const Slot& slot, Clock::time_point now) {
    if (slot.status.ok() && slot.work.Accept(slot.reply)) return stats_.Done(slot.began, now);
    if (stats_.failed() == 0) {
      std::cerr << "the first failure: " << slot.status.error_message() << " "
                << slot.reply.ShortDebugString().substr(0, 1'000) << "\n";
    }
    stats_.Failed();
  }

  void Begin(Slot& slot) {
    slot.work.Next(slot.request);
    slot.context = std::make_unique<grpc::ClientContext>();
    slot.context->set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
    slot.began = Clock::now();
    slot.call = stubs_[slot.index % kChannels]->PrepareUnaryCall(slot.context.get(), Work::kMethod,
                                                                 slot.request, &queue_);
    slot.call->StartCall();
    slot.call->Finish(&slot.reply, &slot.status, &slot);
  }

  const std::vector<int> works_;
  Stats stats_;
  grpc::CompletionQueue queue_;
  std::vector<std::unique_ptr<Stub>> stubs_;
};

}  // namespace dialtone::benchmark
