// The door, through a real channel: purses, a real loop, a ledger in memory.
#include "controlplane/edge/rpc/door.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>
#include <google/rpc/status.pb.h>

#include <future>

#include "dialtone/type/v1/rule_trace.pb.h"
#include "tests/unit/edge/purse.h"

namespace dialtone::edge {
namespace {

using grpc::StatusCode;
using purse::v1::AddCoinsRequest;
using testing::HasSubstr;
using testing::Not;

std::string NewId() { return RequestIdText(MintRequestId(engine::WallClock().Now())); }

AddCoinsRequest Add(std::int64_t coins, const std::string& id = "") {
  AddCoinsRequest request;
  request.set_parent("purses/p");
  request.set_coins(coins);
  request.set_request_id(id);
  return request;
}

// What one call came to.
struct Outcome {
  grpc::Status status;
  purse::v1::Purse purse;
  std::multimap<std::string, std::string> trailing;

  template <class Detail>
  std::optional<Detail> Find() const {
    google::rpc::Status details;
    details.ParseFromString(status.error_details());
    Detail found;
    for (const auto& any : details.details()) {
      if (any.UnpackTo(&found)) return found;
    }
    return std::nullopt;
  }
  std::string reason() const {
    const auto info = Find<google::rpc::ErrorInfo>();
    return info ? info->reason() : "";
  }
  std::string Trailing(const std::string& key) const {
    const auto found = trailing.find(key);
    return found == trailing.end() ? "" : found->second;
  }
};

class Door : public testing::Test {
 protected:
  using Prepare = std::function<void(grpc::ClientContext&)>;

  template <class Request>
  Outcome Call(
      grpc::Status (purse::v1::PurseService::Stub::*method)(grpc::ClientContext*, const Request&,
                                                            purse::v1::Purse*),
      const Request& request, const Prepare& prepare = [](auto&) {}) {
    grpc::ClientContext context;
    prepare(context);
    Outcome outcome;
    outcome.status = (server_.stub().*method)(&context, request, &outcome.purse);
    for (const auto& [key, value] : context.GetServerTrailingMetadata()) {
      outcome.trailing.emplace(std::string(key.data(), key.size()),
                               std::string(value.data(), value.size()));
    }
    return outcome;
  }
  Outcome Ask(
      const AddCoinsRequest& request, const Prepare& prepare = [](auto&) {}) {
    return Call(&purse::v1::PurseService::Stub::AddCoins, request, prepare);
  }

  purse::PurseServer server_;
};

TEST_F(Door, AnswersACommandWithItsReply) {
  const Outcome outcome = Ask(Add(5));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.purse.coins(), 5);
  EXPECT_EQ(outcome.purse.hint(), "by the server");
}

TEST_F(Door, CountsOneIdOnceAndAnswersItAlike) {
  const std::string id = NewId();
  EXPECT_EQ(Ask(Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(Ask(Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(Ask(Add(1)).purse.coins(), 6);
}

TEST_F(Door, RefusesAnIdWithAnotherBody) {
  const std::string id = NewId();
  Ask(Add(5, id));
  const Outcome outcome = Ask(Add(6, id));
  EXPECT_EQ(outcome.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(outcome.reason(), "REQUEST_ID_REUSED");
}

TEST_F(Door, TakesWhatOnlyTheServerMaySayForNoPartOfTheBody) {
  const std::string id = NewId();
  Ask(Add(5, id));
  AddCoinsRequest again = Add(5, id);
  again.set_hint("by the caller");
  EXPECT_EQ(Ask(again).purse.hint(), "by the server");
}

TEST_F(Door, MintsAnIdForWhoBringsNoneAndTellsIt) {
  const Outcome first = Ask(Add(5));
  const std::string id = first.Trailing("dialtone-request-id");
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(Ask(Add(5, id)).purse.coins(), 5);
}

TEST_F(Door, GivesATokenThatNamesTheClusterAndTheEntry) {
  const auto token = ConsistencyToken::Parse(Ask(Add(5)).Trailing(kConsistencyTokenKey));
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->cluster_id(), server_.cluster_id());
  ASSERT_EQ(token->indexes().size(), 1U);
  EXPECT_EQ(token->indexes().begin()->second, 1U);
}

TEST_F(Door, RefusesWithReasonFactsAndRemedy) {
  Ask(Add(100));
  for (int i = 0; i < 9; ++i) Ask(Add(100));
  const Outcome outcome = Ask(Add(1));
  EXPECT_EQ(outcome.status.error_code(), StatusCode::RESOURCE_EXHAUSTED);
  const auto info = outcome.Find<google::rpc::ErrorInfo>();
  ASSERT_TRUE(info.has_value());
  EXPECT_EQ(info->reason(), "PURSE_FULL");
  EXPECT_EQ(info->domain(), "dialtone");
  EXPECT_EQ(info->metadata().at("held"), "1000");
  EXPECT_EQ(outcome.Find<google::rpc::LocalizedMessage>()->message(), "Take some coins out first.");
  EXPECT_TRUE(outcome.Find<google::rpc::QuotaFailure>().has_value());
}

TEST_F(Door, RemembersARefusal) {
  const std::string id = NewId();
  EXPECT_EQ(Ask(Add(13, id)).reason(), "COINS_UNLUCKY");
  const std::uint64_t entries = server_.entries();
  EXPECT_EQ(Ask(Add(13, id)).reason(), "COINS_UNLUCKY");
  EXPECT_EQ(server_.entries(), entries);
}

TEST_F(Door, LetsNothingMalformedReachTheLedger) {
  AddCoinsRequest request = Add(0, "not an id");
  request.set_parent("organizations/contoso");
  const Outcome outcome = Ask(request);
  EXPECT_EQ(outcome.status.error_code(), StatusCode::INVALID_ARGUMENT);
  const auto bad = outcome.Find<google::rpc::BadRequest>();
  ASSERT_TRUE(bad.has_value());
  std::vector<std::string> fields;
  for (const auto& one : bad->field_violations()) fields.push_back(one.field());
  EXPECT_THAT(fields, testing::ElementsAre("parent", "coins", "request_id"));
  EXPECT_EQ(outcome.reason(), "MALFORMED_REQUEST");
  EXPECT_EQ(server_.entries(), 0U);
}

TEST_F(Door, RefusesAnActorThatIsNone) {
  const Outcome outcome =
      Ask(Add(1), [](auto& context) { context.AddMetadata("dialtone-actor", "root"); });
  EXPECT_EQ(outcome.status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(server_.entries(), 0U);
}

TEST_F(Door, WritesActorAndTraceIntoTheLedger) {
  Ask(Add(1), [](auto& context) {
    context.AddMetadata("dialtone-actor", "services/billing");
    context.AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  });
  EXPECT_THAT(server_.LedgerBytes(), HasSubstr("services/billing"));
  EXPECT_THAT(server_.LedgerBytes(), HasSubstr("\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6"));
}

TEST_F(Door, ShowsEveryRuleInADryRunAndStoresNothing) {
  for (const std::int64_t coins : {5, 13}) {
    AddCoinsRequest request = Add(coins);
    request.set_validate_only(true);
    const Outcome outcome = Ask(request);
    EXPECT_EQ(outcome.status.ok(), coins == 5);
    type::v1::RuleTrace trace;
    ASSERT_TRUE(trace.ParseFromString(outcome.Trailing("dialtone-rule-trace-bin")));
    ASSERT_EQ(trace.rules_size(), 2);
    EXPECT_EQ(trace.rules(0).reason(), "COINS_UNLUCKY");
    EXPECT_EQ(trace.rules(0).holds(), coins == 5);
    EXPECT_TRUE(trace.rules(1).holds());
    EXPECT_EQ(trace.rules(1).facts(1).value(), "1000");
  }
  EXPECT_EQ(server_.entries(), 0U);
}

TEST_F(Door, KeepsPersonalDataOutOfTheLedgerAndGivesThemBack) {
  AddCoinsRequest request = Add(5);
  request.mutable_owner()->set_full_name("Wilhelmina Appleby");
  const Outcome outcome = Ask(request);
  EXPECT_EQ(outcome.purse.owner().full_name(), "Wilhelmina Appleby");
  EXPECT_FALSE(outcome.purse.owner().has_sealed());
  EXPECT_THAT(server_.LedgerBytes(), Not(HasSubstr("Wilhelmina")));
  EXPECT_THAT(server_.LedgerBytes(), HasSubstr("W… A…"));
}

TEST_F(Door, GivesUpAtTheDeadlineWithTheIdToAskAgain) {
  purse::v1::OrderCoinsRequest request;
  request.set_parent("purses/p");
  request.set_request_id(NewId());
  const Outcome outcome =
      Call(&purse::v1::PurseService::Stub::OrderCoins, request, [](auto& context) {
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
      });
  EXPECT_EQ(outcome.status.error_code(), StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(outcome.reason(), "DEADLINE_PASSED");
  EXPECT_EQ(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("request_id"),
            request.request_id());
}

TEST_F(Door, TakesALateAnswerWithoutHarm) {
  std::promise<void> go_on;
  const std::shared_future<void> gone_on = go_on.get_future().share();
  server_.service().before_decision = [gone_on] { gone_on.wait(); };
  const std::string id = NewId();
  const Outcome late = Ask(Add(5, id), [](auto& context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
  });
  EXPECT_EQ(late.reason(), "DEADLINE_PASSED");
  go_on.set_value();
  EXPECT_EQ(Ask(Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(Ask(Add(1)).purse.coins(), 6);
}

TEST_F(Door, SurvivesCallersThatLeave) {
  for (int i = 0; i < 50; ++i) {
    Ask(Add(1), [](auto& context) {
      context.set_deadline(std::chrono::system_clock::now() + std::chrono::microseconds(300));
    });
  }
  EXPECT_TRUE(Ask(Add(1)).status.ok());
}

TEST_F(Door, FailsWhatComesWhileTheLoopIsGone) {
  server_.DrainLoop();
  const Outcome outcome = Ask(Add(1));
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.reason(), "DRAINING");
  EXPECT_TRUE(outcome.Find<google::rpc::RetryInfo>().has_value());
}

TEST_F(Door, CountsWhatItDoes) {
  Ask(Add(5));
  Ask(Add(13));
  const std::string text = server_.metrics().Text();
  EXPECT_THAT(text, HasSubstr("dialtone_commands_total{command=\"AddCoins\",outcome=\"done\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("dialtone_commands_total{command=\"AddCoins\",outcome=\"refused\"} 1"));
  EXPECT_THAT(text, HasSubstr("dialtone_refusals_total{reason=\"COINS_UNLUCKY\"} 1"));
}

class Questions : public Door {
 protected:
  Outcome Get(const std::string& name, const std::string& token = "") {
    purse::v1::GetPurseRequest request;
    request.set_name(name);
    return Call(&purse::v1::PurseService::Stub::GetPurse, request, [&](auto& context) {
      if (!token.empty()) context.AddMetadata(kConsistencyTokenKey, token);
    });
  }
  static std::string TokenAt(std::uint64_t index) {
    return ConsistencyToken(std::string(16, 'c'), {{0, index}}).ToText();
  }
};

TEST_F(Questions, AreAnsweredWithWhatTheySaw) {
  const Outcome outcome = Get("purses/p");
  ASSERT_TRUE(outcome.status.ok());
  EXPECT_EQ(outcome.purse.name(), "purses/p");
  EXPECT_EQ(outcome.Trailing(kConsistencyTokenKey), TokenAt(7));
}

TEST_F(Questions, WaitForTheirTokenOutsideOfTheRpcsThread) {
  EXPECT_TRUE(Get("purses/p", TokenAt(7)).status.ok());
}

TEST_F(Questions, SayHowFarTheViewIsThatDoesNotReachTheToken) {
  const Outcome outcome = Get("purses/p", TokenAt(8));
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("reached"), "0/7");
}

TEST_F(Questions, RefuseATokenThatIsNone) {
  EXPECT_EQ(Get("purses/p", "%%%").status.error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST_F(Questions, NameWhatIsNotThere) {
  const Outcome outcome = Get("purses/lost");
  EXPECT_EQ(outcome.status.error_code(), StatusCode::NOT_FOUND);
  EXPECT_EQ(outcome.Find<google::rpc::ResourceInfo>()->resource_name(), "purses/lost");
}

TEST_F(Questions, AreCheckedForTheirForm) {
  EXPECT_EQ(Get("").status.error_code(), StatusCode::INVALID_ARGUMENT);
}

class Streams : public Door {
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

class Watches : public Door {};

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
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
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
