// Streams of commands and watches, through a real channel.
#include "controlplane/edge/rpc/command_stream.h"
#include "controlplane/edge/rpc/watch.h"
#include "tests/unit/edge/door_fixture.h"

namespace dialtone::edge {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;

class Streams : public DoorTest {
 protected:
  static purse::v1::StreamCoinsRequest Coins(std::int64_t coins) {
    purse::v1::StreamCoinsRequest request;
    request.set_parent("purses/p");
    request.set_coins(coins);
    return request;
  }
};

TEST_F(Streams, OfCommandsAreAnsweredInTheirOrder) {
  grpc::ClientContext context;
  const auto stream = server_.stub().StreamCoins(&context);
  constexpr int kMessages = 500;  // far more than may wait at once
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) stream->Write(Coins(1));
    stream->WritesDone();
  });
  purse::v1::StreamCoinsResponse response;
  std::int64_t expected = 0;
  while (stream->Read(&response)) EXPECT_EQ(response.coins(), ++expected);
  writer.join();
  EXPECT_EQ(expected, kMessages);
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count(kConsistencyTokenKey), 1U);
}

TEST_F(Streams, GoOnBehindARefusedMessage) {
  grpc::ClientContext context;
  const auto stream = server_.stub().StreamCoins(&context);
  for (const std::int64_t coins : {1, 13, 0, 2}) stream->Write(Coins(coins));
  stream->WritesDone();
  std::vector<int> codes;
  purse::v1::StreamCoinsResponse response;
  while (stream->Read(&response)) codes.push_back(response.status().code());
  EXPECT_THAT(codes, testing::ElementsAre(0, StatusCode::FAILED_PRECONDITION,
                                          StatusCode::INVALID_ARGUMENT, 0));
  EXPECT_EQ(response.coins(), 3);
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(Streams, EndWhenTheirCallerLeaves) {
  for (int i = 0; i < 20; ++i) {
    grpc::ClientContext context;
    const auto stream = server_.stub().StreamCoins(&context);
    for (int j = 0; j <= i; ++j) stream->Write(Coins(1));
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  }
  EXPECT_TRUE(Ask(Add(1)).status.ok());
}

class Watches : public DoorTest {};

TEST_F(Watches, TellEverythingBehindTheirPositionInOrder) {
  grpc::ClientContext context;
  purse::v1::WatchPurseRequest request;
  request.set_after(1);
  const auto stream = server_.stub().WatchPurse(&context, request);
  purse::v1::PurseChange change;
  for (std::int64_t number = 2; number <= 3; ++number) {
    ASSERT_TRUE(stream->Read(&change));
    EXPECT_EQ(change.number(), number);
  }
  server_.service().changes = 200;
  for (std::int64_t number = 4; number <= 200; ++number) {
    ASSERT_TRUE(stream->Read(&change));
    EXPECT_EQ(change.number(), number);
  }
  context.TryCancel();
}

TEST_F(Watches, ShowPersonalDataAsAnswersDo) {
  AddCoinsRequest request = Add(5);
  request.mutable_owner()->set_full_name("Wilhelmina Appleby");
  ASSERT_TRUE(Ask(request).status.ok());
  grpc::ClientContext context;
  const auto stream = server_.stub().WatchPurse(&context, {});
  purse::v1::PurseChange change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_EQ(change.owner().full_name(), "Wilhelmina Appleby");
  EXPECT_FALSE(change.owner().has_sealed());
  context.TryCancel();
}

TEST_F(Watches, ThatCannotBeginAreCountedAndCheckedLikeAnyCall) {
  const auto watch = [&](std::int64_t after, const char* actor) {
    grpc::ClientContext context;
    context.AddMetadata("dialtone-actor", actor);
    purse::v1::WatchPurseRequest request;
    request.set_after(after);
    Outcome outcome;
    outcome.status = server_.stub().WatchPurse(&context, request)->Finish();
    return outcome;
  };
  EXPECT_EQ(watch(-1, "users/ann").Find<google::rpc::BadRequest>()->field_violations(0).field(),
            "after");
  EXPECT_EQ(watch(-1, "nobody").Find<google::rpc::BadRequest>()->field_violations(0).field(),
            "dialtone-actor");
  EXPECT_THAT(server_.metrics().Text(),
              HasSubstr("grpc_server_handled_total{grpc_code=\"InvalidArgument\",grpc_method="
                        "\"WatchPurse\",grpc_service=\"dialtone.purse.v1.PurseService\","
                        "grpc_type=\"server_stream\"} 2"));
}

TEST_F(Watches, BeatWhileNothingHappens) {
  server_.service().watch_limits.heartbeat = std::chrono::milliseconds(1);
  server_.service().changes = 0;
  grpc::ClientContext context;
  const auto stream = server_.stub().WatchPurse(&context, {});
  purse::v1::PurseChange change;
  ASSERT_TRUE(stream->Read(&change));
  EXPECT_TRUE(change.heartbeat());
  context.TryCancel();
}

TEST_F(Watches, AreClosedWithWhereToResumeWhenTheServerDrains) {
  grpc::ClientContext context;
  const auto stream = server_.stub().WatchPurse(&context, {});
  purse::v1::PurseChange change;
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(stream->Read(&change));
  server_.door().Drain(std::chrono::steady_clock::now());
  while (stream->Read(&change)) {
  }
  Outcome outcome;
  outcome.status = stream->Finish();
  EXPECT_EQ(outcome.reason(), "WATCH_CLOSED");
  // The last item may reach the caller before the server hears of it: it then comes twice.
  EXPECT_THAT(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("resume_token"),
              testing::AnyOf("2", "3"));
}

TEST_F(Watches, AreClosedWhenTheirCallerTakesNothing) {
  server_.service().watch_limits.stalled = std::chrono::milliseconds(20);
  server_.service().changes = 1'000'000;
  server_.service().ballast = 100'000;  // soon more than the connection takes unread
  grpc::ClientContext context;
  const auto stream = server_.stub().WatchPurse(&context, {});
  // Nothing is read until the server has given up: its count of ended calls says so.
  const std::string given_up =
      "grpc_server_handled_total{grpc_code=\"ResourceExhausted\",grpc_method=\"WatchPurse\","
      "grpc_service=\"dialtone.purse.v1.PurseService\",grpc_type=\"server_stream\"} 1";
  while (server_.metrics().Text().find(given_up) == std::string::npos) std::this_thread::yield();
  purse::v1::PurseChange change;
  while (stream->Read(&change)) {
  }
  Outcome outcome;
  outcome.status = stream->Finish();
  EXPECT_EQ(outcome.reason(), "WATCH_TOO_SLOW");
}

}  // namespace
}  // namespace dialtone::edge
