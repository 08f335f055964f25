// How plans are carried out, against a server that plays a carrier's counterpart.
#include "clients/simulators/agenda.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <condition_variable>
#include <deque>
#include <mutex>

#include "clients/cpp/wire.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/porting/v1/carrier_service.pb.h"

namespace dialtone::clients::simulators {
namespace {

using porting::v1::AcceptOrderRequest;
using testing::ElementsAre;
using testing::SizeIs;

const WallTime kNow = WallTime(std::chrono::seconds(1'800'000'000));

grpc::Status Refused(grpc::StatusCode code, const std::string& reason) {
  google::rpc::Status status;
  status.set_code(code);
  google::rpc::ErrorInfo info;
  info.set_reason(reason);
  status.add_details()->PackFrom(info);
  return {code, reason, status.SerializeAsString()};
}

// Tells its simulated time, and answers AcceptOrder as it is told: OK, when nothing is left.
class Counterpart : public grpc::CallbackGenericService {
 public:
  Counterpart() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~Counterpart() override {
    LetGo();
    server_->Shutdown(std::chrono::system_clock::now());
  }
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  void Answer(std::deque<grpc::Status> answers) {
    const std::lock_guard lock(mutex_);
    answers_ = std::move(answers);
  }
  // From now on calls wait for LetGo.
  void Hold() {
    const std::lock_guard lock(mutex_);
    is_holding_ = true;
  }
  void LetGo() {
    std::deque<Reactor*> held;
    {
      const std::lock_guard lock(mutex_);
      is_holding_ = false;
      held.swap(held_);
    }
    for (Reactor* const reactor : held) reactor->Finish(grpc::Status::OK);
  }
  void SetTime(WallTime now) {
    const std::lock_guard lock(mutex_);
    now_ = now;
  }
  // The first so many requests, as soon as there are.
  std::vector<AcceptOrderRequest> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    asked_more_.wait_for(lock, std::chrono::seconds(20), [&] { return asked_.size() >= count; });
    return asked_;
  }
  std::size_t held() {
    const std::lock_guard lock(mutex_);
    return held_.size();
  }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Counterpart& counterpart, const std::string& path)
        : counterpart_(counterpart), path_(path) {
      StartRead(&wire_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish({grpc::StatusCode::INTERNAL, "no request"});
      counterpart_.Take(path_, wire_, *this);
    }
    void Reply(const google::protobuf::Message& reply) {
      wire_ = ToWire(reply);
      StartWriteAndFinish(&wire_, {}, grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    Counterpart& counterpart_;
    const std::string path_;
    grpc::ByteBuffer wire_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, context->method());
  }

  void Take(const std::string& path, const grpc::ByteBuffer& wire, Reactor& reactor) {
    std::unique_lock lock(mutex_);
    if (path.ends_with("/GetStatus")) {
      admin::v1::ServerStatus status;
      status.set_clock("simulated");
      *status.mutable_time() = ToProto(now_);
      lock.unlock();
      return reactor.Reply(status);
    }
    AcceptOrderRequest request;
    FromWire(wire, request);
    asked_.push_back(request);
    asked_more_.notify_all();
    if (is_holding_) return held_.push_back(&reactor);
    const grpc::Status status = answers_.empty() ? grpc::Status::OK : answers_.front();
    if (!answers_.empty()) answers_.pop_front();
    lock.unlock();
    status.ok() ? reactor.Reply(porting::v1::PortOrder()) : reactor.Finish(status);
  }

  std::mutex mutex_;
  std::condition_variable asked_more_;
  std::vector<AcceptOrderRequest> asked_;
  std::deque<grpc::Status> answers_;
  std::deque<Reactor*> held_;
  WallTime now_ = kNow;
  bool is_holding_ = false;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

Deed DeedOf(const std::string& name) {
  auto request = std::make_shared<AcceptOrderRequest>();
  request->set_name(name);
  return {name, kNow, std::move(request), "accepted " + name};
}

Planner Always(std::vector<Deed> deeds) {
  return [deeds = std::move(deeds)](WallTime) { return Plan{deeds, std::nullopt}; };
}

class Agendas : public testing::Test {
 protected:
  Agendas() : client_({counterpart_.address(), "", std::chrono::seconds(20), 1}, freshness_) {}

  // Once so many lines were told.
  std::vector<std::string> Lines(std::size_t count) {
    std::unique_lock lock(mutex_);
    told_more_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= count; });
    return lines_;
  }

  Counterpart counterpart_;
  Freshness freshness_;
  Client client_;
  const ServerClock clock_{client_};
  std::mutex mutex_;
  std::condition_variable told_more_;
  std::vector<std::string> lines_;
  const Tell tell_ = [this](const std::string& line) {
    const std::lock_guard lock(mutex_);
    lines_.push_back(line);
    told_more_.notify_all();
  };
};

TEST_F(Agendas, DoWhatIsPlannedUnderTheIdOfTheDeed) {
  Agenda agenda(client_, clock_, tell_);
  agenda.Set("p1", Always({DeedOf("p1")}));
  EXPECT_THAT(Lines(1), ElementsAre("accepted p1"));
  EXPECT_EQ(counterpart_.Await(1)[0].request_id(), MintRequestId(kNow, "p1"));
}

TEST_F(Agendas, RepeatUnderTheSameIdWhatAServerThatIsAwayMayHaveDone) {
  counterpart_.Answer({{grpc::StatusCode::UNAVAILABLE, ""}, {grpc::StatusCode::UNAVAILABLE, ""}});
  Agenda agenda(client_, clock_, tell_);
  agenda.Set("p1", Always({DeedOf("p1")}));
  EXPECT_THAT(Lines(1), ElementsAre("accepted p1"));
  const auto asked = counterpart_.Await(3);
  ASSERT_THAT(asked, SizeIs(3));
  EXPECT_EQ(asked[0].request_id(), asked[1].request_id());
  EXPECT_EQ(asked[0].request_id(), asked[2].request_id());
}

TEST_F(Agendas, TakeTheTimeOfNowForAnIdThatIsTooOld) {
  counterpart_.SetTime(kNow + std::chrono::hours(48));
  counterpart_.Answer({Refused(grpc::StatusCode::FAILED_PRECONDITION, "REQUEST_TOO_OLD")});
  Agenda agenda(client_, clock_, tell_);
  agenda.Set("p1", Always({DeedOf("p1")}));
  EXPECT_THAT(Lines(1), ElementsAre("accepted p1"));
  EXPECT_EQ(counterpart_.Await(2)[1].request_id(),
            MintRequestId(kNow + std::chrono::hours(48), "p1"));
}

// Told again of an order as it was before its own answer, the agenda has nothing new to do.
TEST_F(Agendas, DoNothingTwice) {
  counterpart_.Answer({Refused(grpc::StatusCode::ABORTED, "ETAG_MISMATCH")});
  Agenda agenda(client_, clock_, tell_);
  agenda.Set("p1", Always({DeedOf("p1")}));
  EXPECT_THAT(Lines(1), ElementsAre("refused: accepted p1: ETAG_MISMATCH"));
  agenda.Set("p1", Always({DeedOf("p1")}));
  agenda.Set("p1", Always({DeedOf("p1"), DeedOf("p2")}));
  EXPECT_THAT(Lines(2), ElementsAre("refused: accepted p1: ETAG_MISMATCH", "accepted p2"));
  EXPECT_THAT(counterpart_.Await(2), SizeIs(2));
}

TEST_F(Agendas, AwaitTheServersTime) {
  const WallTime due = kNow + std::chrono::hours(24 * 20);
  std::vector<WallTime> planned;
  Agenda agenda(client_, clock_, tell_);
  agenda.Set("p1", [&, due](WallTime now) {
    planned.push_back(now);
    if (now < due) return Plan{{}, due};
    return Plan{{DeedOf("p1")}, std::nullopt};
  });
  agenda.Set("p2", Always({DeedOf("p2")}));
  EXPECT_THAT(Lines(1), ElementsAre("accepted p2"));
  counterpart_.SetTime(due);
  EXPECT_THAT(Lines(2), ElementsAre("accepted p2", "accepted p1"));
  EXPECT_EQ(planned.back(), due);
}

TEST_F(Agendas, EndThoughSomethingWaitsForItsTime) {
  {
    Agenda agenda(client_, clock_, tell_);
    agenda.Set("p1", [](WallTime now) { return Plan{{}, now + std::chrono::hours(1)}; });
    agenda.Set("p2", Always({DeedOf("p2")}));
    Lines(1);
  }
  EXPECT_THAT(Lines(1), ElementsAre("accepted p2"));
}

TEST_F(Agendas, HaveManyCallsInFlightButNoMoreThanTheirMaximum) {
  counterpart_.Hold();
  Agenda agenda(client_, clock_, tell_);
  std::vector<Deed> deeds;
  for (int i = 0; i < 200; ++i) deeds.push_back(DeedOf("n" + std::to_string(i)));
  agenda.Set("p1", Always(deeds));
  counterpart_.Await(Agenda::kInFlightMax);
  EXPECT_EQ(counterpart_.held(), Agenda::kInFlightMax);
  counterpart_.LetGo();
  EXPECT_THAT(counterpart_.Await(200), SizeIs(200));
}

}  // namespace
}  // namespace dialtone::clients::simulators
