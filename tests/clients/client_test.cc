#include "clients/cpp/client.h"

#include <absl/strings/escaping.h>
#include <gmock/gmock.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <mutex>
#include <set>

#include "clients/cpp/wire.h"
#include "dialtone/ledger/v1/token.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients {
namespace {

using organizations::v1::CreateUserRequest;
using organizations::v1::User;
using testing::MatchesRegex;
using testing::SizeIs;

std::string TokenOf(const std::string& cluster, std::uint32_t partition, std::uint64_t index) {
  ledger::v1::ConsistencyToken token;
  token.set_cluster_id(cluster);
  auto& position = *token.add_positions();
  position.set_partition(partition);
  position.set_index(index);
  return absl::WebSafeBase64Escape(token.SerializeAsString());
}

// A server that cannot be reached at first, and remembers what it was asked.
class Flaky : public grpc::CallbackGenericService {
 public:
  explicit Flaky(int failures, grpc::StatusCode code = grpc::StatusCode::UNAVAILABLE)
      : failures_(failures), code_(code) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~Flaky() override { server_->Shutdown(); }

  Settings settings() const {
    Settings settings;
    settings.server = "127.0.0.1:" + std::to_string(port_);
    return settings;
  }
  std::vector<CreateUserRequest> asked;
  std::vector<std::string> tokens;

 private:
  class Reactor : public grpc::ServerGenericBidiReactor {
   public:
    Reactor(Flaky& flaky, grpc::GenericCallbackServerContext& context)
        : flaky_(flaky), context_(context) {
      StartRead(&wire_);
    }
    void OnReadDone(bool ok) override {
      CreateUserRequest request;
      if (!ok || !FromWire(wire_, request))
        return Finish({grpc::StatusCode::INTERNAL, "no request"});
      context_.AddTrailingMetadata(kConsistencyTokenKey, TokenOf("one", 1, 7));
      if (!flaky_.Take(request, context_)) return Finish({flaky_.code_, "not yet"});
      wire_ = ToWire(request.user());
      StartWriteAndFinish(&wire_, {}, grpc::Status::OK);
    }
    void OnDone() override { delete this; }

   private:
    Flaky& flaky_;
    grpc::GenericCallbackServerContext& context_;
    grpc::ByteBuffer wire_;
  };

  grpc::ServerGenericBidiReactor* CreateReactor(
      grpc::GenericCallbackServerContext* context) override {
    return new Reactor(*this, *context);
  }
  bool Take(const CreateUserRequest& request, const grpc::GenericCallbackServerContext& context) {
    const std::lock_guard lock(mutex_);
    asked.push_back(request);
    const auto token = context.client_metadata().find(kConsistencyTokenKey);
    tokens.push_back(token == context.client_metadata().end()
                         ? ""
                         : std::string(token->second.data(), token->second.size()));
    return static_cast<int>(asked.size()) > failures_;
  }

  const int failures_;
  const grpc::StatusCode code_;
  int port_ = 0;
  std::mutex mutex_;
  std::unique_ptr<grpc::Server> server_;
};

CreateUserRequest Ann() {
  CreateUserRequest request;
  request.set_user_id("ann");
  request.mutable_user()->set_usage_location("US");
  return request;
}

TEST(Client, AsksAgainUnderTheSameRequestId) {
  Flaky server(2);
  Freshness freshness;
  Client client(server.settings(), freshness);
  const auto user = client.Call<User>(Ann());
  ASSERT_TRUE(user.has_value()) << user.error().message;
  EXPECT_EQ(user->usage_location(), "US");
  ASSERT_THAT(server.asked, SizeIs(3));
  EXPECT_FALSE(server.asked[0].request_id().empty());
  EXPECT_EQ(server.asked[0].request_id(), server.asked[1].request_id());
  EXPECT_EQ(server.asked[0].request_id(), server.asked[2].request_id());
}

// As gRPC's own server refuses what reaches it while it ends.
TEST(Client, AsksAgainWhatAServerThatEndsHasCancelled) {
  Flaky server(1, grpc::StatusCode::CANCELLED);
  Freshness freshness;
  Client client(server.settings(), freshness);
  const auto user = client.Call<User>(Ann());
  ASSERT_TRUE(user.has_value()) << user.error().message;
  EXPECT_THAT(server.asked, SizeIs(2));
}

TEST(Client, GivesUpInTimeAndTellsTheRequestId) {
  Flaky server(1'000);
  Freshness freshness;
  Settings settings = server.settings();
  settings.attempts_max = 2;
  Client client(settings, freshness);
  const auto user = client.Call<User>(Ann());
  ASSERT_FALSE(user.has_value());
  EXPECT_EQ(user.error().code, grpc::StatusCode::UNAVAILABLE);
  EXPECT_EQ(user.error().request_id, server.asked[0].request_id());
  EXPECT_THAT(server.asked, SizeIs(2));
}

TEST(Client, ShowsWhatItHasSeenWithTheNextCall) {
  Flaky server(0);
  Freshness freshness;
  Client client(server.settings(), freshness);
  ASSERT_TRUE(client.Call<User>(Ann()).has_value());
  ASSERT_TRUE(client.Call<User>(Ann()).has_value());
  EXPECT_EQ(server.tokens, (std::vector<std::string>{"", TokenOf("one", 1, 7)}));
}

TEST(RequestId, IsAUuidOfVersion7WithItsTime) {
  const WallTime issued{std::chrono::milliseconds(0x0123456789ab)};
  const std::string id = MintRequestId(issued);
  EXPECT_THAT(id, MatchesRegex("01234567-89ab-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  std::set<std::string> ids;
  for (int i = 0; i < 1'000; ++i) ids.insert(MintRequestId(issued));
  EXPECT_THAT(ids, SizeIs(1'000));
}

TEST(Freshness, AsksForAllThatWasSeen) {
  const std::string both = MergeTokens(TokenOf("one", 1, 7), TokenOf("one", 2, 3));
  EXPECT_EQ(MergeTokens(both, TokenOf("one", 1, 5)), both);
  EXPECT_EQ(MergeTokens(TokenOf("one", 2, 3), TokenOf("one", 1, 7)), both);
  EXPECT_EQ(MergeTokens("", both), both);
  EXPECT_EQ(MergeTokens(both, "not a token"), both);
}

TEST(Freshness, OfAnotherLedgerTakesThePlaceOfTheOld) {
  EXPECT_EQ(MergeTokens(TokenOf("one", 1, 7), TokenOf("two", 1, 1)), TokenOf("two", 1, 1));
}

TEST(Freshness, GoesFromOneProcessToTheNext) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "state" / "token";
  Freshness(file).Saw(TokenOf("one", 1, 7));
  EXPECT_EQ(Freshness(file).token(), TokenOf("one", 1, 7));
  Freshness(file).Forget();
  EXPECT_EQ(Freshness(file).token(), "");
}

}  // namespace
}  // namespace dialtone::clients
