// The door, through a real channel: purses, a real loop, a ledger in memory.
#include "controlplane/edge/rpc/door.h"

#include <functional>
#include <future>
#include <set>
#include <vector>

#include "controlplane/edge/rpc/unary_call.h"
#include "controlplane/edge/vault/seal.h"
#include "dialtone/type/v1/rule_trace.pb.h"
#include "tests/unit/edge/door_fixture.h"

namespace dialtone::edge {
namespace {

using grpc::StatusCode;
using testing::HasSubstr;
using testing::Not;

class Door : public DoorTest {};

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

TEST_F(Door, LetsNoFieldThatItDoesNotKnowIntoAnEntryAtAnyDepth) {
  constexpr char kSmuggled[] = "smuggled in";
  const auto smuggle = [&](google::protobuf::Message& message) {
    message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(99, kSmuggled);
  };
  const std::vector<std::function<google::protobuf::Message*(AddCoinsRequest&)>> places = {
      [](AddCoinsRequest& request) { return &request; },
      [](AddCoinsRequest& request) { return request.mutable_owner(); },
      [](AddCoinsRequest& request) { return request.mutable_owner()->mutable_heir(); }};
  for (const auto& place : places) {
    AddCoinsRequest request = Add(5);
    request.mutable_owner()->set_full_name("Ann");
    smuggle(*place(request));
    const Outcome outcome = Ask(request);
    EXPECT_EQ(outcome.status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(outcome.reason(), "MALFORMED_REQUEST");
    const auto bad = outcome.Find<google::rpc::BadRequest>();
    ASSERT_TRUE(bad.has_value());
    EXPECT_THAT(bad->field_violations(0).description(), HasSubstr("99"));
  }
  EXPECT_EQ(server_.entries(), 0U);
  EXPECT_THAT(server_.LedgerBytes(), Not(HasSubstr(kSmuggled)));
}

TEST_F(Door, MakesNoKeyForADryRunAndShowsWhatItWasTold) {
  AddCoinsRequest request = Add(5);
  request.mutable_owner()->set_name("users/wilhelmina");
  request.mutable_owner()->set_full_name("Wilhelmina Appleby");
  request.set_validate_only(true);
  EXPECT_EQ(Ask(request).purse.owner().full_name(), "Wilhelmina Appleby");
  EXPECT_FALSE(server_.HasKey("users/wilhelmina"));
  request.set_validate_only(false);
  EXPECT_EQ(Ask(request).purse.owner().full_name(), "Wilhelmina Appleby");
  EXPECT_TRUE(server_.HasKey("users/wilhelmina"));
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

TEST_F(Door, AnswersManyCallersAtOnceEachWithItsOwn) {
  constexpr int kCallers = 8;
  constexpr int kCalls = 100;
  std::vector<std::future<std::set<std::int64_t>>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(std::async(std::launch::async, [this] {
      std::set<std::int64_t> seen;
      for (int j = 0; j < kCalls; ++j) seen.insert(Ask(Add(1)).purse.coins());
      return seen;
    }));
  }
  std::set<std::int64_t> seen;
  for (auto& caller : callers) seen.merge(caller.get());
  EXPECT_EQ(seen.size(), kCallers * kCalls);  // each coin was counted once, and told to one caller
  EXPECT_EQ(*seen.rbegin(), kCallers * kCalls);
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

TEST_F(Door, CountsEveryRefusalThatACallerHears) {
  Ask(Add(0));  // by its form
  purse::v1::GetPurseRequest lost;
  lost.set_name("purses/lost");
  Call(&purse::v1::PurseService::Stub::GetPurse, lost);
  grpc::ClientContext context;
  const auto stream = server_.stub().StreamCoins(&context);
  purse::v1::StreamCoinsRequest item;
  item.set_parent("purses/p");
  for (const std::int64_t coins : {13, 13, 0, 1}) {
    item.set_coins(coins);
    stream->Write(item);
  }
  stream->WritesDone();
  purse::v1::StreamCoinsResponse response;
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
  const std::string text = server_.metrics().Text();
  EXPECT_THAT(text, HasSubstr("dialtone_refusals_total{reason=\"MALFORMED_REQUEST\"} 2"));
  EXPECT_THAT(text, HasSubstr("dialtone_refusals_total{reason=\"RESOURCE_NOT_FOUND\"} 1"));
  EXPECT_THAT(text, HasSubstr("dialtone_refusals_total{reason=\"COINS_UNLUCKY\"} 2"));
}

TEST_F(Door, HasCommandSeriesOfCommandsOnly) {
  const std::string text = server_.metrics().Text();
  EXPECT_THAT(text, HasSubstr("dialtone_commands_total{command=\"AddCoins\""));
  EXPECT_THAT(text, HasSubstr("dialtone_commands_total{command=\"StreamCoins\""));
  EXPECT_THAT(text, Not(HasSubstr("command=\"GetPurse\"")));
  EXPECT_THAT(text, Not(HasSubstr("command=\"WatchPurse\"")));
}

TEST_F(Door, ErasesOneOfTwoPeopleWhoHadNoName) {
  const auto add = [&](const char* full_name) {
    AddCoinsRequest request = Add(1, NewId());
    request.mutable_owner()->set_full_name(full_name);
    Ask(request);
    return server_.service().last_owner();
  };
  purse::v1::Person erased = add("Wilhelmina Appleby");
  purse::v1::Person other = add("Bartholomew Quince");
  ASSERT_NE(erased.sealed().subject(), other.sealed().subject());
  EXPECT_THAT(erased.sealed().subject(), testing::StartsWith("purses/p/subjects/"));
  ASSERT_TRUE(server_.keys().Destroy(erased.sealed().subject()).has_value());
  vault::SealBook book;
  book.Of(purse::v1::Person::descriptor())->Unseal(erased, server_.keys());
  book.Of(purse::v1::Person::descriptor())->Unseal(other, server_.keys());
  EXPECT_EQ(erased.full_name(), "");
  EXPECT_EQ(other.full_name(), "Bartholomew Quince");
}

TEST(TraceBytes, LeaveOffWhatDoesNotFitAndSayHowMany) {
  std::vector<RuleTrace> traced(1'000, RuleTrace{true, {"PURSE_FULL", {{"held", "1000"}}}});
  traced.back().holds = false;
  type::v1::RuleTrace trace;
  ASSERT_TRUE(trace.ParseFromString(TraceBytes(traced)));
  EXPECT_LT(trace.ByteSizeLong(), 5'000U);
  const auto& last = trace.rules(trace.rules_size() - 1);
  EXPECT_EQ(last.reason(), "RULES_LEFT_OFF");
  EXPECT_EQ(last.facts(0).value(), std::to_string(1'000 - (trace.rules_size() - 1)));
  EXPECT_FALSE(last.holds()) << "one of them is broken";
  traced.resize(10);
  ASSERT_TRUE(trace.ParseFromString(TraceBytes(traced)));
  EXPECT_EQ(trace.rules_size(), 10);
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
  EXPECT_EQ(outcome.reason(), "VIEW_BEHIND");
  EXPECT_EQ(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("reached"), "0/7");
}

TEST_F(Questions, RefuseATokenThatIsNone) {
  EXPECT_EQ(Get("purses/p", "%%%").status.error_code(), StatusCode::INVALID_ARGUMENT);
}

class CommandsFromAView : public Questions {
 protected:
  Outcome AddAt(const std::string& token) {
    return Ask(Add(3), [&](auto& context) { context.AddMetadata(kConsistencyTokenKey, token); });
  }
};

TEST_F(CommandsFromAView, WaitUntilItShowsWhatTheirCallerHasSeen) {
  EXPECT_EQ(Ask(Add(1)).purse.coins(), 1);
  EXPECT_EQ(server_.service().filled_at(), 5U) << "without a token nothing is waited for";
  EXPECT_EQ(AddAt(TokenAt(7)).purse.coins(), 4);
  EXPECT_EQ(server_.service().filled_at(), 7U);
}

TEST_F(CommandsFromAView, AreNotDecidedIfItDoesNot) {
  EXPECT_EQ(AddAt(TokenAt(8)).reason(), "VIEW_BEHIND");
  EXPECT_EQ(AddAt("%%%").status.error_code(), StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Ask(Add(2)).purse.coins(), 2) << "nothing came before";
}

TEST_F(Questions, NameWhatIsNotThere) {
  const Outcome outcome = Get("purses/lost");
  EXPECT_EQ(outcome.reason(), "RESOURCE_NOT_FOUND");
  EXPECT_EQ(outcome.Find<google::rpc::ResourceInfo>()->resource_name(), "purses/lost");
}

TEST_F(Questions, AreCheckedForTheirForm) {
  EXPECT_EQ(Get("").status.error_code(), StatusCode::INVALID_ARGUMENT);
}

}  // namespace
}  // namespace dialtone::edge
