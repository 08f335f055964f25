// Commands that go on, against a server that plays what it is told.
#include "clients/cli/again.h"

#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <deque>
#include <map>
#include <mutex>
#include <sstream>

#include "clients/cli/tool.h"
#include "clients/cpp/wire.h"
#include "dialtone/admin/v1/admin_service.pb.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/porting/v1/carrier_service.pb.h"
#include "dialtone/porting/v1/porting_service.pb.h"

namespace dialtone::clients::cli {
namespace {

using porting::v1::PortOrder;
using testing::ElementsAre;
using testing::HasSubstr;

// One call: what is written, and how it ends.
struct Play {
  std::vector<std::string> messages;
  grpc::Status status;
};

// Each call of a method gets its next play; the last one again and again.
class Player : public grpc::CallbackGenericService {
 public:
  Player() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~Player() override { server_->Shutdown(std::chrono::system_clock::now()); }

  void Add(const std::string& method, Play play) { plays_[method].push_back(std::move(play)); }
  void Add(const std::string& method, const google::protobuf::Message& reply) {
    Add(method, {{reply.SerializeAsString()}, grpc::Status::OK});
  }
  // The bytes of all requests, in their order.
  std::vector<std::string> asked;
  std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Player& player, const std::string& path) : player_(player), path_(path) {
      StartRead(&wire_);
    }
    void OnReadDone(bool ok) override {
      if (!ok) return Finish({grpc::StatusCode::INTERNAL, "no request"});
      play_ = player_.Take(path_, wire_);
      Go();
    }
    void OnWriteDone(bool ok) override { ok ? Go() : Finish(grpc::Status::CANCELLED); }
    void OnDone() override { delete this; }

   private:
    void Go() {
      if (next_ == play_.messages.size()) return Finish(play_.status);
      wire_ = ToWire(play_.messages[next_++]);
      StartWrite(&wire_);
    }

    Player& player_;
    const std::string path_;
    Play play_;
    std::size_t next_ = 0;
    grpc::ByteBuffer wire_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, context->method());
  }
  Play Take(const std::string& path, const grpc::ByteBuffer& wire) {
    const std::lock_guard lock(mutex_);
    grpc::Slice slice;
    if (wire.DumpToSingleSlice(&slice).ok()) asked.emplace_back(slice.begin(), slice.end());
    auto& plays = plays_[path.substr(path.rfind('/') + 1)];
    if (plays.empty()) return {{}, {grpc::StatusCode::UNIMPLEMENTED, path}};
    Play play = plays.front();
    if (plays.size() > 1) plays.pop_front();
    return play;
  }

  std::mutex mutex_;
  std::map<std::string, std::deque<Play>> plays_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

class Again : public testing::Test {
 protected:
  int Say(const std::string& line) {
    const Console console{out_, err_, nullptr,
                          [this](const std::string& told) { progress_.push_back(told); }};
    return Tool(SplitLine(line + " --every 1ms --org contoso --server " + player_.address()),
                console);
  }
  static PortOrder OrderIn(PortOrder::State state) {
    PortOrder order;
    order.set_name("organizations/contoso/portOrders/p1");
    order.set_state(state);
    return order;
  }
  static std::string Told(const std::string& token, PortOrder::State state) {
    porting::v1::WatchOrdersResponse item;
    item.set_resume_token(token);
    if (state != PortOrder::STATE_UNSPECIFIED) *item.mutable_port_order() = OrderIn(state);
    return item.SerializeAsString();
  }

  Player player_;
  std::ostringstream out_;
  std::ostringstream err_;
  std::vector<std::string> progress_;
};

TEST_F(Again, WaitsUntilAFieldIsSo) {
  player_.Add("GetPortOrder", OrderIn(PortOrder::PROCESSING));
  player_.Add("GetPortOrder", OrderIn(PortOrder::COMPLETED));
  EXPECT_EQ(Say("wait port-order p1 --for state=completed -o name"), 0) << err_.str();
  EXPECT_EQ(out_.str(), "organizations/contoso/portOrders/p1\n");
  ASSERT_FALSE(progress_.empty());
  EXPECT_THAT(progress_.front(), HasSubstr("state is PROCESSING, not COMPLETED"));
  EXPECT_EQ(progress_.back(), "");
}

TEST_F(Again, WaitsNoLongerThanItsTimeout) {
  player_.Add("GetPortOrder", OrderIn(PortOrder::PROCESSING));
  EXPECT_EQ(Say("wait port-order p1 --for state=completed --timeout 20ms"), 6);
  EXPECT_THAT(err_.str(), HasSubstr("state is PROCESSING, not COMPLETED"));
  EXPECT_EQ(out_.str(), "");
}

TEST_F(Again, WaitsForNothingThatIsNoFieldOrValue) {
  for (const char* const words : {"--for colour=red", "--for state=red", "--for state", ""})
    EXPECT_EQ(Say(std::string("wait port-order p1 ") + words), 2) << words;
  EXPECT_THAT(player_.asked, ElementsAre());
}

TEST_F(Again, ShowsAListAgainOnlyWhenItHasChanged) {
  porting::v1::ListPortOrdersResponse list;
  *list.add_port_orders() = OrderIn(PortOrder::DRAFT);
  player_.Add("ListPortOrders", list);
  player_.Add("ListPortOrders", list);
  list.mutable_port_orders(0)->set_name("organizations/contoso/portOrders/p2");
  player_.Add("ListPortOrders", list);
  EXPECT_EQ(Say("port-order list --watch --limit 2 -o name"), 0) << err_.str();
  EXPECT_EQ(out_.str(),
            "organizations/contoso/portOrders/p1\norganizations/contoso/portOrders/p2\n");
}

TEST_F(Again, WatchesNothingThatChangesSomething) {
  EXPECT_EQ(Say("port-order submit p1 --watch"), 2);
  EXPECT_THAT(player_.asked, ElementsAre());
}

TEST_F(Again, GoesOnWithAWatchWhereAServerThatStopsHasLeftIt) {
  const grpc::Status stopping(grpc::StatusCode::UNAVAILABLE, "the server is being stopped");
  player_.Add("WatchOrders", {{Told("one", PortOrder::PROCESSING), Told("two", {})}, stopping});
  player_.Add("WatchOrders", {{Told("three", PortOrder::TRANSFER_APPROVED)}, grpc::Status::OK});
  EXPECT_EQ(Say("carrier watch -o name"), 0) << err_.str();
  EXPECT_EQ(out_.str(),
            "organizations/contoso/portOrders/p1\norganizations/contoso/portOrders/p1\n");
  ASSERT_EQ(player_.asked.size(), 2U);
  porting::v1::WatchOrdersRequest second;
  ASSERT_TRUE(second.ParseFromString(player_.asked[1]));
  EXPECT_EQ(second.resume_token(), "two") << "of the heartbeat";
}

TEST_F(Again, EndsAWatchThatIsRefused) {
  player_.Add("WatchOrders", {{}, {grpc::StatusCode::INVALID_ARGUMENT, "no"}});
  EXPECT_EQ(Say("carrier watch"), 2);
  EXPECT_EQ(player_.asked.size(), 1U);
}

TEST_F(Again, TellsOfARebuildUntilItIsDone) {
  admin::v1::ListProjectionsResponse list;
  list.add_projections()->set_name("projections/stock");
  list.mutable_projections(0)->set_rebuilding(true);
  player_.Add("RebuildProjection", admin::v1::RebuildProjectionResponse());
  player_.Add("ListProjections", list);
  list.mutable_projections(0)->set_rebuilding(false);
  player_.Add("ListProjections", list);
  EXPECT_EQ(Say("projection rebuild stock"), 0) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr("projections/stock is rebuilt\n"));
  ASSERT_EQ(progress_.size(), 2U);
  EXPECT_THAT(progress_[0], HasSubstr("rebuilding projections/stock"));
}

}  // namespace
}  // namespace dialtone::clients::cli
