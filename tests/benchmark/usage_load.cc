#include "tests/benchmark/usage_load.h"

#include <grpcpp/grpcpp.h>

#include <iostream>
#include <memory>
#include <vector>

#include "dialtone/billing/v1/billing_service.grpc.pb.h"
#include "tests/benchmark/unary_load.h"
#include "tests/benchmark/usage.h"
#include "tests/support/caller.h"
#include "tests/support/office.h"

namespace dialtone::benchmark {

namespace {

using billing::v1::BillingService;
using billing::v1::UsageBatch;
using billing::v1::UsageBatchResult;

// A switch that sends its records in order, and the next batch when the last one was taken. Each
// run is a switch of its own, since sequences go on where they were.
class UsageStream {
 public:
  UsageStream(const std::string& target, int index, testing::Caller& caller)
      : stub_(BillingService::NewStub(OpenChannel(target, index % kChannels))),
        batch_(MakeUsageBatch()) {
    const std::string id = "switch-" + testing::MintRequestId();
    batch_.set_source(testing::RegisterUsageSource(caller, OrganizationName(index), id));
    batch_.set_first_sequence(1);
  }

  void Start(grpc::CompletionQueue& queue) {
    step_ = Step::kStarting;
    stream_ = stub_->AsyncRecordUsage(&context_, &queue, this);
  }
  // What was begun is done. True: a batch has its result.
  bool GoOn(Stats& stats) {
    switch (step_) {
      case Step::kStarting:
        Write();
        return false;
      case Step::kWriting:
        step_ = Step::kReading;
        stream_->Read(&result_, this);
        return false;
      case Step::kReading:
        Count(stats);
        batch_.set_first_sequence(batch_.first_sequence() + kRecordsInABatch);
        return true;
    }
    return false;
  }
  void Write() {
    batch_.set_request_id(testing::MintRequestId());
    began_ = Clock::now();
    step_ = Step::kWriting;
    stream_->Write(batch_, this);
  }
  void Cancel() { context_.TryCancel(); }

 private:
  enum class Step : std::uint8_t { kStarting, kWriting, kReading };

  void Count(Stats& stats) {
    if (!result_.has_status() && result_.recorded() == kRecordsInABatch)
      return stats.Done(began_, Clock::now());
    if (stats.failed() == 0)
      std::cerr << "the first failure: " << result_.ShortDebugString().substr(0, 1'000) << "\n";
    stats.Failed();
  }

  const std::unique_ptr<BillingService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientAsyncReaderWriter<UsageBatch, UsageBatchResult>> stream_;
  UsageBatch batch_;
  UsageBatchResult result_;
  Step step_ = Step::kStarting;
  Clock::time_point began_;
};

void Drain(std::vector<std::unique_ptr<UsageStream>>& streams, grpc::CompletionQueue& queue) {
  for (auto& stream : streams) stream->Cancel();
  queue.Shutdown();
  void* tag = nullptr;
  for (bool ok = false; queue.Next(&tag, &ok);) {
  }
}

}  // namespace

int RunUsageLoad(const std::string& target, int streams, double seconds) {
  testing::Caller caller(target);
  grpc::CompletionQueue queue;
  std::vector<std::unique_ptr<UsageStream>> open;
  for (int i = 0; i < streams; ++i)
    open.push_back(std::make_unique<UsageStream>(target, i, caller));
  Stats stats(seconds);
  for (auto& stream : open) stream->Start(queue);
  void* tag = nullptr;
  bool ok = false;
  while (!stats.IsOver(Clock::now()) && queue.Next(&tag, &ok)) {
    if (!ok) {
      stats.Failed();
      std::cerr << "a stream of usage ended\n";
      break;
    }
    auto& stream = *static_cast<UsageStream*>(tag);
    if (stream.GoOn(stats)) stream.Write();
  }
  Drain(open, queue);
  stats.Print(kRecordsInABatch);
  return stats.failed() == 0 ? 0 : 1;
}

}  // namespace dialtone::benchmark
