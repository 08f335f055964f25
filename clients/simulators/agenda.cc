#include "clients/simulators/agenda.h"

#include <algorithm>
#include <optional>

#include "clients/cpp/methods.h"

namespace dialtone::clients::simulators {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPause{200};  // before a server that was away is asked again

// Asked again with the same id, the server may yet do it.
bool MayHelpToAskAgain(const Failure& failure) {
  return failure.code == grpc::StatusCode::UNAVAILABLE ||
         failure.code == grpc::StatusCode::CANCELLED ||
         failure.code == grpc::StatusCode::DEADLINE_EXCEEDED ||
         failure.code == grpc::StatusCode::RESOURCE_EXHAUSTED ||
         failure.reason ==
             "REQUEST_FROM_THE_FUTURE";  // one node's clock was moved before another's
}

void SetRequestId(google::protobuf::Message& request, const std::string& id) {
  const auto* const field = request.GetDescriptor()->FindFieldByName("request_id");
  request.GetReflection()->SetString(&request, field, id);
}

}  // namespace

Agenda::Agenda(Client& client, const ServerClock& clock, const Tell& tell)
    : client_(client), clock_(clock), tell_(tell) {
  threads_.emplace_back([this](const std::stop_token& stop) { PlanAsTimeGoes(stop); });
  for (std::size_t i = 0; i < kInFlightMax; ++i)
    threads_.emplace_back([this](const std::stop_token& stop) { Work(stop); });
}

Agenda::~Agenda() {
  for (std::jthread& thread : threads_) thread.request_stop();
  threads_.clear();
}

void Agenda::Set(const std::string& subject, Planner planner) {
  {
    const std::lock_guard lock(mutex_);
    subjects_[subject].planner = std::move(planner);
    fresh_.insert(subject);
  }
  planned_.notify_one();
}

void Agenda::Clear() {
  const std::lock_guard lock(mutex_);
  subjects_.clear();
  fresh_.clear();
  later_.clear();
  ready_.clear();
}

// The clock is read when there is something to be planned, and while something waits for its time.
void Agenda::PlanAsTimeGoes(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (planned_.wait(lock, stop, [this] { return !fresh_.empty() || !later_.empty(); }) &&
         !stop.stop_requested()) {
    lock.unlock();
    const auto reading = clock_.Read();
    if (!reading) Pause(kPause, stop);
    lock.lock();
    if (!reading) continue;
    for (const std::string& name : Due(reading->now)) Replan(name, reading->now);
    if (later_.empty()) continue;
    const auto first =
        std::min_element(later_.begin(), later_.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    planned_.wait_for(lock, stop, ServerClock::UntilNextLook(*reading, first->second),
                      [this] { return !fresh_.empty(); });
  }
}

std::set<std::string> Agenda::Due(WallTime now) {
  std::set<std::string> due = std::exchange(fresh_, {});
  for (const auto& [name, time] : later_) {
    if (time <= now) due.insert(name);
  }
  return due;
}

void Agenda::Replan(const std::string& name, WallTime now) {
  later_.erase(name);
  const auto found = subjects_.find(name);
  if (found == subjects_.end()) return;
  Subject& subject = found->second;
  Plan plan = subject.planner(now);
  if (plan.again) later_[name] = *plan.again;
  const std::set<std::string> begun = std::exchange(subject.begun, {});
  const auto open = std::exchange(subject.open, {});
  for (Deed& deed : plan.deeds) {
    if (begun.contains(deed.key)) {
      subject.begun.insert(deed.key);
      continue;
    }
    if (!open.contains(deed.key)) ready_.emplace_back(name, deed.key);
    subject.open.emplace(deed.key, std::move(deed));
  }
  readied_.notify_all();
}

void Agenda::Work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (readied_.wait(lock, stop, [this] { return !ready_.empty(); }) && !stop.stop_requested())
    TakeNext(lock, stop);
}

void Agenda::TakeNext(std::unique_lock<std::mutex>& lock, const std::stop_token& stop) {
  const auto [name, key] = std::move(ready_.front());
  ready_.pop_front();
  const auto subject = subjects_.find(name);
  if (subject == subjects_.end()) return;
  const auto open = subject->second.open.find(key);
  if (open == subject->second.open.end()) return;
  const Deed deed = std::move(open->second);
  subject->second.open.erase(open);
  subject->second.begun.insert(key);
  lock.unlock();
  const Outcome outcome = Perform(deed);
  if (outcome == Outcome::kServerIsAway) Pause(kPause, stop);
  lock.lock();
  const auto again = subjects_.find(name);
  if (outcome == Outcome::kDone || again == subjects_.end()) return;
  // What was refused is not asked for again, but time may have led to another answer.
  if (outcome == Outcome::kServerIsAway) again->second.begun.erase(key);
  fresh_.insert(name);
  planned_.notify_one();
}

// An id that is too old for the server to remember takes the time of now: if the first attempt took
// effect after all, the resource is another one by now, and refuses this.
Agenda::Outcome Agenda::Perform(const Deed& deed) {
  google::protobuf::Message& request = *deed.request;
  const auto reply = NewMessage(*MethodOf(*request.GetDescriptor()).output_type());
  SetRequestId(request, MintRequestId(deed.issued, deed.key));
  auto called = client_.Call(request, *reply);
  if (!called && called.error().reason == "REQUEST_TOO_OLD") {
    const auto reading = clock_.Read();
    if (!reading) return Outcome::kServerIsAway;
    SetRequestId(request, MintRequestId(reading->now, deed.key));
    called = client_.Call(request, *reply);
  }
  if (called) {
    tell_(deed.told);
    return Outcome::kDone;
  }
  const Failure& failure = called.error();
  if (MayHelpToAskAgain(failure)) return Outcome::kServerIsAway;
  tell_("refused: " + deed.told + ": " +
        (failure.reason.empty() ? failure.message : failure.reason));
  return Outcome::kRefused;
}

}  // namespace dialtone::clients::simulators
