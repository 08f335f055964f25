// A command that reaches another node than the owner of its partition: two servers on one ledger in
// memory, and what lies between them.
#include "controlplane/edge/rpc/hop.h"

#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <set>
#include <thread>
#include <vector>

#include "controlplane/edge/rpc/command_stream.h"
#include "dialtone/type/v1/rule_trace.pb.h"
#include "tests/unit/edge/door_fixture.h"
#include "tests/unit/edge/fake_owner.h"

namespace dialtone::edge {
namespace {

using grpc::StatusCode;
using purse::PurseServer;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::Not;
using Stub = purse::v1::PurseService::Stub;

const Prepare kAsItIs = [](grpc::ClientContext&) {};

Outcome Ask(PurseServer& server, const AddCoinsRequest& request, const Prepare& prepare = kAsItIs) {
  return CallOf(server, &Stub::AddCoins, request, prepare);
}

std::string Forwarded(const char* result, int count) {
  return std::string("dialtone_forwarded_commands_total{result=\"") + result + "\"} " +
         std::to_string(count) + "\n";
}

class Hop : public testing::Test {
 protected:
  const Method& MethodOf(const google::protobuf::Descriptor* request) {
    return other_.parts().methods.Of(request);
  }
  const Method& add() { return MethodOf(AddCoinsRequest::descriptor()); }
  // What a node says of this request when it sends it on.
  HopWords WordsOf(AddCoinsRequest request) {
    const auto asked =
        TakeIn({Actor{"users/developer"}, "", {}, {}, {}}, add(), request, other_.parts());
    return {RequestIdText(asked->request.id()), BodySaid(*asked), "users/developer", {}};
  }

  const std::shared_ptr<purse::PurseCluster> cluster_ = std::make_shared<purse::PurseCluster>();
  PurseServer owner_{cluster_, 1, PurseServer::Part::kOwner};
  PurseServer other_{cluster_, 2, PurseServer::Part::kFollower};
};

TEST_F(Hop, BringsTheOwnersAnswerWithItsToken) {
  const Outcome outcome = Ask(other_, Add(5));
  ASSERT_TRUE(outcome.status.ok()) << outcome.status.error_message();
  EXPECT_EQ(outcome.purse.coins(), 5);
  EXPECT_EQ(outcome.purse.hint(), "by the server");
  const auto token = ConsistencyToken::Parse(outcome.Trailing(kConsistencyTokenKey));
  ASSERT_TRUE(token.has_value());
  EXPECT_EQ(token->cluster_id(), owner_.cluster_id());
  EXPECT_EQ(token->indexes().begin()->second, 1U);
  EXPECT_THAT(other_.metrics().Text(), HasSubstr(Forwarded("answered", 1)));
  EXPECT_THAT(owner_.metrics().Text(), HasSubstr(Forwarded("answered", 0)));
}

TEST_F(Hop, IsOneRequestThroughWhicheverNodeItComes) {
  const std::string id = NewId();
  EXPECT_EQ(Ask(other_, Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(Ask(owner_, Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(Ask(other_, Add(6, id)).reason(), "REQUEST_ID_REUSED");
  EXPECT_EQ(Ask(other_, Add(1)).purse.coins(), 6);
}

TEST_F(Hop, LeavesARefusalAsItIs) {
  const std::string id = NewId();
  const Outcome there = Ask(other_, Add(13, id));
  const Outcome here = Ask(owner_, Add(13, id));
  EXPECT_EQ(there.reason(), "COINS_UNLUCKY");
  EXPECT_EQ(there.status.error_code(), here.status.error_code());
  EXPECT_EQ(there.status.error_message(), here.status.error_message());
  EXPECT_EQ(there.status.error_details(), here.status.error_details());
  EXPECT_EQ(there.trailing, here.trailing);
  EXPECT_THAT(other_.metrics().Text(), HasSubstr(Forwarded("refused", 1)));
  EXPECT_THAT(other_.metrics().Text(), Not(HasSubstr("reason=\"COINS_UNLUCKY\"")));
}

TEST_F(Hop, BringsTheRulesOfADryRun) {
  AddCoinsRequest request = Add(13);
  request.set_validate_only(true);
  const Outcome outcome = Ask(other_, request);
  EXPECT_EQ(outcome.reason(), "COINS_UNLUCKY");
  type::v1::RuleTrace trace;
  ASSERT_TRUE(trace.ParseFromString(outcome.Trailing("dialtone-rule-trace-bin")));
  EXPECT_EQ(trace.rules_size(), 2);
  EXPECT_EQ(owner_.entries(), 0U);
}

TEST_F(Hop, TellsTheIdThatTheFirstNodeHasMinted) {
  const Outcome first = Ask(other_, Add(5));
  const std::string id = first.Trailing("dialtone-request-id");
  ASSERT_EQ(id.size(), 36U);
  EXPECT_EQ(first.trailing.count("dialtone-request-id"), 1U);
  EXPECT_EQ(Ask(owner_, Add(5, id)).purse.coins(), 5);
  EXPECT_EQ(owner_.entries(), 1U);
}

TEST_F(Hop, CarriesActorAndTrace) {
  Ask(other_, Add(1), [](auto& context) {
    context.AddMetadata("dialtone-actor", "services/billing");
    context.AddMetadata("traceparent", "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  });
  EXPECT_THAT(owner_.LedgerBytes(), HasSubstr("services/billing"));
  EXPECT_THAT(owner_.LedgerBytes(), HasSubstr("\x4b\xf9\x2f\x35\x77\xb3\x4d\xa6"));
}

// A server takes 8 KiB of metadata: what a caller fills them with leaves no room for the node's.
TEST_F(Hop, LeavesOutATraceThatIsTooLong) {
  const Outcome outcome = Ask(other_, Add(1), [](auto& context) {
    context.AddMetadata("traceparent", std::string(7'500, 'a'));
  });
  EXPECT_TRUE(outcome.status.ok()) << outcome.status.error_message();
}

TEST_F(Hop, SealsPersonalDataWithTheOwnerOnly) {
  AddCoinsRequest request = Add(5);
  request.mutable_owner()->set_name("users/wilhelmina");
  request.mutable_owner()->set_full_name("Wilhelmina Appleby");
  EXPECT_EQ(Ask(other_, request).purse.owner().full_name(), "Wilhelmina Appleby");
  EXPECT_TRUE(owner_.HasKey("users/wilhelmina"));
  EXPECT_FALSE(other_.HasKey("users/wilhelmina"));
}

TEST_F(Hop, IsNotMadeWithWhatIsMalformed) {
  EXPECT_EQ(Ask(other_, Add(0, "no id")).reason(), "MALFORMED_REQUEST");
  EXPECT_THAT(other_.metrics().Text(), HasSubstr(Forwarded("refused", 0)));
}

TEST_F(Hop, IsNotMadeForAQuestion) {
  purse::v1::GetPurseRequest request;
  request.set_name("purses/p");
  EXPECT_TRUE(CallOf(other_, &Stub::GetPurse, request, kAsItIs).status.ok());
  for (const char* const result : {"answered", "refused", "late", "lost"})
    EXPECT_THAT(other_.metrics().Text(), HasSubstr(Forwarded(result, 0)));
}

TEST_F(Hop, BringsAStreamsAnswersInTheirOrder) {
  grpc::ClientContext context;
  const auto stream = other_.stub().StreamCoins(&context);
  constexpr int kMessages = 100;  // more than may wait at once
  const auto write = [&](std::int64_t coins) {
    purse::v1::StreamCoinsRequest message;
    message.set_parent("purses/p");
    message.set_coins(coins);
    stream->Write(message);
  };
  std::thread writer([&] {
    for (int i = 0; i < kMessages; ++i) write(1);
    write(13);
    write(2);
    stream->WritesDone();
  });
  purse::v1::StreamCoinsResponse response;
  std::int64_t expected = 0;
  while (expected < kMessages && stream->Read(&response)) EXPECT_EQ(response.coins(), ++expected);
  EXPECT_EQ(expected, kMessages);
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.status().code(), StatusCode::FAILED_PRECONDITION);
  EXPECT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.coins(), kMessages + 2);
  EXPECT_FALSE(stream->Read(&response));
  writer.join();
  EXPECT_TRUE(stream->Finish().ok());
  EXPECT_EQ(context.GetServerTrailingMetadata().count(kConsistencyTokenKey), 1U);
}

TEST_F(Hop, EndsWithAStreamWhoseCallerLeaves) {
  for (int i = 0; i < 10; ++i) {
    grpc::ClientContext context;
    const auto stream = other_.stub().StreamCoins(&context);
    purse::v1::StreamCoinsRequest message;
    message.set_parent("purses/p");
    message.set_coins(1);
    for (int j = 0; j < 20; ++j) stream->Write(message);
    context.TryCancel();
    EXPECT_EQ(stream->Finish().error_code(), StatusCode::CANCELLED);
  }
  EXPECT_TRUE(Ask(other_, Add(1)).status.ok());
}

TEST_F(Hop, IsMadeByManyAtOnceEachWithItsOwnAnswer) {
  constexpr int kCallers = 4;
  constexpr int kCalls = 50;
  std::vector<std::future<std::set<std::int64_t>>> callers;
  for (int i = 0; i < kCallers; ++i) {
    callers.push_back(std::async(std::launch::async, [this] {
      std::set<std::int64_t> seen;
      for (int j = 0; j < kCalls; ++j) seen.insert(Ask(other_, Add(1)).purse.coins());
      return seen;
    }));
  }
  std::set<std::int64_t> seen;
  for (auto& caller : callers) seen.merge(caller.get());
  EXPECT_EQ(seen.size(), kCallers * kCalls);
}

TEST_F(Hop, IsNotMadeTwice) {
  const AddCoinsRequest request = Add(5, NewId());
  const Outcome outcome = Ask(other_, request, [&](auto& context) {
    AddHop(WordsOf(request), add(), owner_.parts(), context);
  });
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.reason(), "NOT_THE_OWNER");
  EXPECT_TRUE(outcome.Find<google::rpc::RetryInfo>().has_value());
  EXPECT_EQ(owner_.entries(), 0U);
}

TEST_F(Hop, IsNotMadeWhileNobodyIsKnownToOwn) {
  owner_.DrainLoop();
  other_.CatchUp();
  const Outcome outcome = Ask(other_, Add(5));
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.reason(), "NOT_THE_OWNER");
  EXPECT_THAT(other_.metrics().Text(), HasSubstr(Forwarded("refused", 0)));
}

// What a hop to the owner says, and one thing that is wrong with it.
class UnprovenHop : public Hop {
 protected:
  void ExpectRefused(const std::string& what, const Prepare& prepare) {
    const Outcome outcome = Ask(owner_, request_, prepare);
    EXPECT_EQ(outcome.status.error_code(), StatusCode::PERMISSION_DENIED) << what;
    EXPECT_EQ(outcome.reason(), "HOP_UNPROVEN");
    EXPECT_EQ(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("what"), what);
    EXPECT_EQ(owner_.entries(), 0U);
  }

  const AddCoinsRequest request_ = Add(5, NewId());
  const HopWords words_ = WordsOf(request_);
};

TEST_F(UnprovenHop, IsBelievedOnlyWithAProof) {
  const auto prove = [&](auto& context) { AddHop(words_, add(), other_.parts(), context); };
  EXPECT_TRUE(Ask(owner_, request_, prove).status.ok());
  EXPECT_EQ(owner_.entries(), 1U);
  EXPECT_TRUE(Ask(owner_, request_, prove).status.ok()) << "whoever overheard it";
  EXPECT_EQ(owner_.entries(), 1U);
}

TEST_F(UnprovenHop, IsRefusedWithoutAProof) {
  ExpectRefused("proof", [](auto& context) {
    context.AddMetadata(kHopKey, "1");
    context.AddMetadata(kActorKey, "users/root");
  });
}

TEST_F(UnprovenHop, IsRefusedBeyondTheFirst) {
  ExpectRefused("count", [](auto& context) { context.AddMetadata(kHopKey, "2"); });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfAnotherMethod) {
  ExpectRefused("proof", [&](auto& context) {
    AddHop(words_, MethodOf(purse::v1::OrderCoinsRequest::descriptor()), other_.parts(), context);
  });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfAnotherTrace) {
  ExpectRefused("proof", [&](auto& context) {
    AddHop(words_, add(), other_.parts(), context);
    context.AddMetadata(kTraceKey, "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfAnotherCluster) {
  PurseServer stranger;
  ExpectRefused("proof", [&](auto& context) { AddHop(words_, add(), stranger.parts(), context); });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfAnotherRequest) {
  ExpectRefused("request_id", [&](auto& context) {
    AddHop(WordsOf(Add(5, NewId())), add(), other_.parts(), context);
  });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfAnotherBody) {
  ExpectRefused("body", [&](auto& context) {
    AddHop(WordsOf(Add(6, request_.request_id())), add(), other_.parts(), context);
  });
}

TEST_F(UnprovenHop, IsRefusedWithTheProofOfADryRun) {
  AddCoinsRequest dry_run = request_;
  dry_run.set_validate_only(true);
  ExpectRefused("body",
                [&](auto& context) { AddHop(WordsOf(dry_run), add(), other_.parts(), context); });
}

// Overheard long ago, or of a node whose clock is wrong: whoever asked may ask again.
TEST_F(UnprovenHop, IsPutOffWithAProofOfAnotherTime) {
  for (const Duration off : {Duration::Minutes(2), Duration() - Duration::Minutes(2)}) {
    const engine::SimulatedClock wrong(engine::WallClock().Now() - off);
    const DoorParts& now = other_.parts();
    const DoorParts then{now.loop, wrong, now.methods, now.keys, now.metrics, now.cluster_id};
    const Outcome outcome =
        Ask(owner_, request_, [&](auto& context) { AddHop(words_, add(), then, context); });
    EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
    EXPECT_EQ(outcome.reason(), "HOP_CLOCK_OFF");
    EXPECT_THAT(outcome.status.error_message(),
                ContainsRegex("clocks_differ_by 1(19|20|21) s.*set the clocks"));
    EXPECT_TRUE(outcome.Find<google::rpc::RetryInfo>().has_value());
    EXPECT_EQ(owner_.entries(), 0U);
  }
  EXPECT_THAT(owner_.metrics().Text(),
              HasSubstr("dialtone_refusals_total{reason=\"HOP_CLOCK_OFF\"} 2"));
}

// The owner is a fake that never answers.
class HopToASilentOwner : public testing::Test {
 protected:
  HopToASilentOwner() {
    cluster_->Claim(owner_.address(), 1);
    node_.emplace(cluster_, 2, PurseServer::Part::kFollower);
  }
  std::future<Outcome> AskInTheBackground(const Prepare& prepare) {
    return std::async(std::launch::async,
                      [this, prepare] { return Ask(*node_, Add(5, id_), prepare); });
  }

  const std::string id_ = NewId();
  const std::shared_ptr<purse::PurseCluster> cluster_ = std::make_shared<purse::PurseCluster>();
  purse::FakeOwner owner_;
  std::optional<PurseServer> node_;
};

TEST_F(HopToASilentOwner, SaysWhoAsksUntilWhenAndWithWhichId) {
  const auto deadline = std::chrono::system_clock::now() + std::chrono::seconds(30);
  auto asked = AskInTheBackground([deadline](auto& context) {
    context.set_deadline(deadline);
    context.AddMetadata("dialtone-actor", "users/ann");
    context.AddMetadata(kConsistencyTokenKey, "AAAA");
  });
  const auto seen = owner_.WaitForCall();
  EXPECT_EQ(seen.method, "/dialtone.purse.v1.PurseService/AddCoins");
  EXPECT_LT(std::chrono::abs(seen.deadline - deadline), std::chrono::seconds(1));
  const auto said = [&](const char* key) {
    const auto found = seen.metadata.find(key);
    return found == seen.metadata.end() ? std::string() : found->second;
  };
  EXPECT_EQ(said(kActorKey), "users/ann");
  EXPECT_EQ(said(kConsistencyTokenKey), "AAAA");
  EXPECT_EQ(said(kHopKey), "1");
  EXPECT_EQ(said(kHopRequestKey), id_);
  EXPECT_EQ(said(kHopBodyKey).size(), 32U);
  EXPECT_EQ(said(kHopProofKey).size(), 64U);
  owner_.Die();
  asked.wait();
}

TEST_F(HopToASilentOwner, TellsToAskAgainWithTheSameIdWhenTheOwnerDies) {
  auto asked = AskInTheBackground(kAsItIs);
  owner_.WaitForCall();
  owner_.Die();
  const Outcome outcome = asked.get();
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.reason(), "OUTCOME_UNKNOWN_RETRY_SAME_ID");
  EXPECT_EQ(outcome.Find<google::rpc::ErrorInfo>()->metadata().at("request_id"), id_);
  EXPECT_THAT(node_->metrics().Text(), HasSubstr(Forwarded("lost", 1)));
  const Outcome again = Ask(*node_, Add(5));  // nobody listens any more
  EXPECT_EQ(again.reason(), "OUTCOME_UNKNOWN_RETRY_SAME_ID");
  EXPECT_EQ(again.Trailing("dialtone-request-id").size(), 36U);
}

TEST_F(HopToASilentOwner, AnswersEveryMessageOfAStreamWhenTheOwnerDies) {
  constexpr int kMessages = 3;
  grpc::ClientContext context;
  const auto stream = node_->stub().StreamCoins(&context);
  purse::v1::StreamCoinsRequest message;
  message.set_parent("purses/p");
  message.set_coins(1);
  for (int i = 0; i < kMessages; ++i) stream->Write(message);
  stream->WritesDone();
  owner_.WaitForCall();
  owner_.Die();
  purse::v1::StreamCoinsResponse response;
  for (int i = 0; i < kMessages; ++i) {
    ASSERT_TRUE(stream->Read(&response));
    EXPECT_EQ(response.status().code(), StatusCode::UNAVAILABLE);
  }
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(HopToASilentOwner, GivesUpAtTheDeadline) {
  const Outcome outcome = Ask(*node_, Add(5, id_), [](auto& context) {
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(150));
  });
  EXPECT_EQ(outcome.status.error_code(), StatusCode::DEADLINE_EXCEEDED);
}

TEST_F(HopToASilentOwner, EndsWhenTheNodeDrains) {
  auto asked = AskInTheBackground(kAsItIs);
  owner_.WaitForCall();
  node_->door().Drain(std::chrono::steady_clock::now());
  EXPECT_EQ(asked.get().reason(), "DEADLINE_PASSED");
  EXPECT_THAT(node_->metrics().Text(), HasSubstr(Forwarded("late", 1)));
}

// The owner hangs: its connection stands, and it says nothing.
TEST_F(HopToASilentOwner, EndsSoonAfterAnotherNodeHasTakenOver) {
  auto asked = AskInTheBackground(kAsItIs);
  owner_.WaitForCall();
  cluster_->Claim("unix:/nowhere", 2);
  node_->CatchUp();
  const Outcome outcome = asked.get();
  EXPECT_EQ(outcome.status.error_code(), StatusCode::UNAVAILABLE);
  EXPECT_EQ(outcome.reason(), "OUTCOME_UNKNOWN_RETRY_SAME_ID");
  EXPECT_THAT(node_->metrics().Text(), HasSubstr(Forwarded("lost", 1)));
}

TEST_F(HopToASilentOwner, GoesToTheNextOwnerOnceThatIsKnown) {
  purse::FakeOwner next;
  cluster_->Claim(next.address(), 2);
  node_->CatchUp();
  auto asked = AskInTheBackground(kAsItIs);
  next.WaitForCall();
  next.Die();
  EXPECT_EQ(asked.get().reason(), "OUTCOME_UNKNOWN_RETRY_SAME_ID");
}

}  // namespace
}  // namespace dialtone::edge
