#include "tests/integration/whereabouts.h"

#include <chrono>
#include <string>
#include <utility>

#include "tests/integration/failure.h"

namespace dialtone::testing {

namespace {

constexpr std::chrono::milliseconds kPauseMax{5};

// Everything but a failure of the moment: what is remembered under the request id.
bool IsAnswer(const WireAnswer& answer) {
  if (answer.status.ok()) return true;
  const std::string reason = ReasonOf(answer.status);
  return !reason.empty() && reason != "QUEUE_FULL" && reason != "TOO_MANY_WAIT" &&
         answer.status.error_code() != grpc::StatusCode::UNAVAILABLE &&
         answer.status.error_code() != grpc::StatusCode::DEADLINE_EXCEEDED;
}

}  // namespace

void Whereabouts::MoveTo(std::shared_ptr<Caller> caller) {
  {
    const std::lock_guard lock(mutex_);
    caller_ = std::move(caller);
  }
  moved_.notify_all();
}

std::shared_ptr<Caller> Whereabouts::Wait() {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [&] { return caller_ != nullptr; });
  return caller_;
}

void Whereabouts::PauseUntilMoved() {
  std::unique_lock lock(mutex_);
  moved_.wait_for(lock, kPauseMax, [&, before = caller_] { return caller_ != before; });
}

WireAnswer AskUntilAnswered(Whereabouts& server, const google::protobuf::Message& request,
                            absl::FunctionRef<void(const grpc::Status&)> hear) {
  while (true) {
    WireAnswer answer = server.Wait()->Send(request);
    if (IsAnswer(answer)) return answer;
    hear(answer.status);
    server.PauseUntilMoved();
  }
}

}  // namespace dialtone::testing
