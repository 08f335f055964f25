#include "clients/cli/report.h"

#include <gmock/gmock.h>
#include <google/rpc/error_details.pb.h>

#include <sstream>

#include "clients/cli/commands.h"
#include "clients/cli/help.h"
#include "clients/cli/tool.h"
#include "clients/cpp/methods.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"

namespace dialtone::clients::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

google::rpc::Status Refusal() {
  google::rpc::Status status;
  status.set_code(static_cast<int>(grpc::StatusCode::RESOURCE_EXHAUSTED));
  status.set_message("QUOTA_EXCEEDED (held 64, quota 65): Assign more.");
  google::rpc::ErrorInfo info;
  info.set_reason("QUOTA_EXCEEDED");
  (*info.mutable_metadata())["quota"] = "65";
  (*info.mutable_metadata())["held"] = "64";
  status.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage remedy;
  remedy.set_message("Assign more calling plans.");
  status.add_details()->PackFrom(remedy);
  return status;
}

Failure OfCode(grpc::StatusCode code) { return Failure::Of(grpc::Status(code, "why")); }

TEST(Failure, IsToldWithReasonFactsAndRemedy) {
  EXPECT_EQ(FailureText(Failure::Of(Refusal()), ""),
            "refused: QUOTA_EXCEEDED (RESOURCE_EXHAUSTED)\n"
            "  held   64\n"
            "  quota  65\n"
            "remedy: Assign more calling plans.\n");
}

TEST(Failure, OfAnotherKindIsToldWithItsMessage) {
  EXPECT_EQ(FailureText(OfCode(grpc::StatusCode::UNIMPLEMENTED), ""),
            "refused: UNIMPLEMENTED\n  why\n");
}

TEST(Failure, IsReadFromTheDetailsOfACall) {
  const google::rpc::Status details = Refusal();
  const Failure failure = Failure::Of(grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED,
                                                   details.message(), details.SerializeAsString()));
  EXPECT_EQ(failure.reason, "QUOTA_EXCEEDED");
  EXPECT_EQ(failure.facts.size(), 2U);
}

TEST(Failure, NamesMalformedFields) {
  google::rpc::Status status;
  status.set_code(static_cast<int>(grpc::StatusCode::INVALID_ARGUMENT));
  google::rpc::BadRequest bad;
  auto& field = *bad.add_field_violations();
  field.set_field("area.country");
  field.set_description("must be two capital letters");
  status.add_details()->PackFrom(bad);
  EXPECT_THAT(FailureText(Failure::Of(status), "  "),
              HasSubstr("    area.country  must be two capital letters\n"));
}

TEST(Failure, SaysHowToRunTheCommandAgain) {
  Failure failure = OfCode(grpc::StatusCode::UNAVAILABLE);
  failure.request_id = "01932c07-0000-7000-8000-000000000000";
  EXPECT_THAT(RetryText(failure, {"credits", "fund", "50 USD"}),
              HasSubstr("dialtone credits fund '50 USD' --request-id 01932c07-"));
  failure.request_id.clear();
  EXPECT_EQ(RetryText(failure, {"user", "list"}), "");
}

TEST(ExitCode, FollowsTheKindOfFailure) {
  const auto of = [](grpc::StatusCode code) { return static_cast<int>(ExitCodeOf(OfCode(code))); };
  EXPECT_EQ(of(grpc::StatusCode::INTERNAL), 1);
  EXPECT_EQ(of(grpc::StatusCode::INVALID_ARGUMENT), 2);
  EXPECT_EQ(of(grpc::StatusCode::NOT_FOUND), 3);
  EXPECT_EQ(of(grpc::StatusCode::FAILED_PRECONDITION), 4);
  EXPECT_EQ(of(grpc::StatusCode::ALREADY_EXISTS), 4);
  EXPECT_EQ(of(grpc::StatusCode::PERMISSION_DENIED), 5);
  EXPECT_EQ(of(grpc::StatusCode::UNAVAILABLE), 6);
  EXPECT_EQ(of(grpc::StatusCode::DEADLINE_EXCEEDED), 6);
  EXPECT_EQ(of(grpc::StatusCode::DATA_LOSS), 7);
  EXPECT_EQ(of(grpc::StatusCode::CANCELLED), 130);
}

TEST(ExitCode, TellsAQuotaFromABusyServer) {
  Failure failure = OfCode(grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(ExitCodeOf(failure), ExitCode::kPrecondition);
  failure.retry_after = std::chrono::milliseconds(200);
  EXPECT_EQ(ExitCodeOf(failure), ExitCode::kUnavailable);
}

TEST(Batch, TellsWhichItemsWereRefused) {
  licensing::v1::AssignLicensesResponse reply;
  reply.add_results()->mutable_status()->set_code(0);
  *reply.add_results()->mutable_status() = Refusal();
  const auto refused = RefusedItems(reply);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(refused[0].index, 1);
  EXPECT_EQ(refused[0].failure.reason, "QUOTA_EXCEEDED");
}

TEST(Catalogue, HasTheRemedyOfEveryRefusal) {
  std::ostringstream out;
  ShowCatalogue(Format::kTable, out);
  EXPECT_THAT(out.str(), HasSubstr("QUOTA_EXCEEDED"));
  EXPECT_THAT(out.str(), HasSubstr("REQUEST_ID_REUSED"));
  EXPECT_NE(RemedyOf("QUOTA_EXCEEDED"), "");
  EXPECT_EQ(RemedyOf("NO_SUCH_REASON"), "");
}

struct Told {
  int exit_code = 0;
  std::string out;
  std::string err;
};
Told Say(const std::string& line) {
  std::ostringstream out;
  std::ostringstream err;
  const int exit_code = Tool(SplitLine(line), {out, err, nullptr});
  return {exit_code, out.str(), err.str()};
}

TEST(Tool, HelpsWithEveryCommandWithoutAServer) {
  EXPECT_THAT(Say("help").out, HasSubstr("number reserve TYPE"));
  for (const Command& command : AllCommands()) {
    const Told told = Say("help " + command.noun + " " + command.verb);
    EXPECT_EQ(told.exit_code, 0) << command.noun << ' ' << command.verb;
    EXPECT_THAT(told.out, HasSubstr(command.method->full_name()));
  }
}

TEST(Tool, EndsWith2WhereTheWordsAreWrong) {
  for (const char* const line :
       {"number fly", "nonsense", "number reserve toll --colour red", "user list -o xml",
        "completion tcsh", "user list --timeout soon"}) {
    const Told told = Say(line);
    EXPECT_EQ(told.exit_code, 2) << line;
    EXPECT_EQ(told.out, "") << line;
    EXPECT_THAT(told.err, HasSubstr("dialtone: ")) << line;
  }
}

TEST(Tool, TakesNothingAwayUnasked) {
  const Told told = Say("organization delete contoso --server 127.0.0.1:1");
  EXPECT_EQ(told.exit_code, 2);
  EXPECT_THAT(told.err, HasSubstr("--yes"));
}

TEST(Tool, EndsWith6WhereNobodyListens) {
  const Told told = Say("country get FR --server 127.0.0.1:1 --timeout 300ms");
  EXPECT_EQ(told.exit_code, 6);
  EXPECT_EQ(told.out, "");
}

TEST(Commands, GiveBetterNamesToMethodsThatExistOnly) {
  for (const std::string_view method : NicelyNamedMethods())
    EXPECT_NE(FindMethod(method), nullptr) << method;
}

TEST(Completion, OffersNounsVerbsFlagsAndValues) {
  EXPECT_THAT(Say("completion bash").out, HasSubstr("complete -o default -F _dialtone dialtone"));
  EXPECT_THAT(Say("completion zsh").out, HasSubstr("compdef _dialtone dialtone"));
  EXPECT_THAT(Say("completion fish").out, HasSubstr("complete -c dialtone"));
  EXPECT_THAT(Say("__complete completion").out, HasSubstr("bash\nfish\nzsh\n"));
  EXPECT_THAT(Say("__complete").out, HasSubstr("number\n"));
  EXPECT_THAT(Say("__complete number").out, HasSubstr("reserve\n"));
  EXPECT_THAT(Say("__complete number reserve").out, HasSubstr("TOLL_FREE\n"));
  EXPECT_THAT(Say("__complete number reserve toll").out, HasSubstr("--area-code\n"));
  EXPECT_THAT(Say("__complete number reserve toll").out, Not(HasSubstr("--request-id")));
}

}  // namespace
}  // namespace dialtone::clients::cli
