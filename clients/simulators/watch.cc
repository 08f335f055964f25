#include "clients/simulators/watch.h"

#include <absl/time/time.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "clients/cpp/methods.h"
#include "clients/cpp/stream.h"

namespace dialtone::clients::simulators {

namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using std::chrono::milliseconds;

constexpr char kToken[] = "resume_token";
constexpr milliseconds kFirstPause{100};
constexpr milliseconds kPauseMax{2'000};

const FieldDescriptor* TokenOf(const Message& message) {
  return message.GetDescriptor()->FindFieldByName(kToken);
}

// Nothing but a token.
bool IsHeartbeat(const Message& item) {
  std::vector<const FieldDescriptor*> set;
  item.GetReflection()->ListFields(item, &set);
  return std::all_of(set.begin(), set.end(), [](const auto* one) { return one->name() == kToken; });
}

// A place in a ledger that the server does not have any more.
bool IsOfAnotherLedger(const Failure& failure) {
  return std::any_of(failure.fields.begin(), failure.fields.end(),
                     [](const auto& field) { return field.first == kToken; });
}

class Follower {
 public:
  Follower(const Watch& watch, Client& client, const ServerClock& clock, const Tell& tell,
           std::function<void()> on_begun, const std::stop_token& stop)
      : watch_(watch),
        client_(client),
        clock_(clock),
        tell_(tell),
        on_begun_(std::move(on_begun)),
        stop_(stop),
        request_(NewMessage(*watch.method->input_type())) {}

  void Run() {
    while (!stop_.stop_requested()) {
      // A server that answers has a stream to give.
      const auto reading = clock_.Read();
      const grpc::Status status =
          reading ? ReadStream() : grpc::Status(reading.error().code, reading.error().message);
      if (stop_.stop_requested()) return;
      if (!status.ok()) Report(status);
      if (left_until_) {
        clock_.Await(*std::exchange(left_until_, std::nullopt), stop_);
      } else {
        Pause(pause_, stop_);
        pause_ = std::min(pause_ * 2, kPauseMax);
      }
    }
  }

 private:
  grpc::Status ReadStream() {
    const auto stream = client_.Open(*watch_.method, milliseconds::zero());
    const std::stop_callback cancel(stop_, [&stream] { stream->Cancel(); });
    if (!stream->Write(*request_) || !stream->WritesDone()) return stream->Finish();
    if (on_begun_) std::exchange(on_begun_, nullptr)();
    const auto item = NewMessage(*watch_.method->output_type());
    while (stream->Read(*item)) {
      pause_ = kFirstPause;
      is_reported_ = false;
      if (!Take(*item)) {
        stream->Cancel();
        stream->Finish();
        return grpc::Status::OK;
      }
    }
    return stream->Finish();
  }

  // False: the stream is to end.
  bool Take(const Message& item) {
    const After after = IsHeartbeat(item) ? After() : watch_.take(item);
    const auto& of = *request_->GetReflection();
    switch (after.what) {
      case After::What::kGoOn:
        of.SetString(request_.get(), TokenOf(*request_),
                     item.GetReflection()->GetString(item, TokenOf(item)));
        return true;
      case After::What::kTellAgain:
        return false;
      case After::What::kLeave:
        of.ClearField(request_.get(), TokenOf(*request_));
        left_until_ = after.until;
        tell_("down until " + absl::FormatTime(absl::RFC3339_sec, absl::FromChrono(after.until),
                                               absl::UTCTimeZone()));
        return false;
    }
    return false;
  }

  // Once, however long the server is away.
  void Report(const grpc::Status& status) {
    const Failure failure = Failure::Of(status);
    if (IsOfAnotherLedger(failure)) request_->Clear();
    if (std::exchange(is_reported_, true)) return;
    tell_("the watch was interrupted, and goes on as soon as it can: " + NameOf(failure.code) +
          (failure.message.empty() ? "" : ", " + failure.message));
  }

  const Watch& watch_;
  Client& client_;
  const ServerClock& clock_;
  const Tell& tell_;
  std::function<void()> on_begun_;
  const std::stop_token& stop_;
  const std::unique_ptr<Message> request_;
  milliseconds pause_ = kFirstPause;
  std::optional<WallTime> left_until_;
  bool is_reported_ = false;
};

}  // namespace

void Follow(const Watch& watch, Client& client, const ServerClock& clock, const Tell& tell,
            const std::function<void()>& on_begun, const std::stop_token& stop) {
  Follower(watch, client, clock, tell, on_begun, stop).Run();
}

}  // namespace dialtone::clients::simulators
