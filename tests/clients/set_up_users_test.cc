// `user set-up` against a server that has users, licences and numbers of its own, remembers the
// answer to each request id, and fails where it is told to.
#include "clients/cli/set_up_users.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>
#include <sstream>

#include "clients/cli/tool.h"
#include "tests/clients/fake_organization.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients::cli {
namespace {

using grpc::StatusCode;
using organizations::v1::BatchCreateUsersRequest;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr char kHeader[] = "user_id,display_name,usage_location,skus,number,location\n";
constexpr char kReportHeader[] = "line,user_id,status,step,facts,number\n";

class SetUpUsersTest : public testing::Test {
 protected:
  SetUpUsersTest() { setenv("XDG_STATE_HOME", folder_.path().c_str(), 1); }

  int Say(const std::string& flags = "") {
    err_.str("");
    out_.str("");
    const Console console{out_, err_, nullptr, nullptr};
    return Tool(SplitLine("user set-up --org contoso --timeout 1s --server " + office_.address() +
                          " --file " + file() + " " + flags),
                console);
  }
  std::string file() const { return folder_.path() / "people.csv"; }
  std::string report_path() const { return folder_.path() / "people.report.csv"; }
  void Write(const std::string& lines) const { std::ofstream(file()) << kHeader << lines; }
  // user0, user1, …, all with a licence.
  void WritePeople(int count) {
    std::string lines;
    for (int i = 0; i < count; ++i) lines += "user" + std::to_string(i) + ",Ann,US,MCOEV,,\n";
    Write(lines);
    office_.left["MCOEV"] = count;
  }
  // Without its first line.
  std::string report() const {
    std::ostringstream text;
    text << std::ifstream(report_path()).rdbuf();
    EXPECT_EQ(text.str().substr(0, sizeof(kReportHeader) - 1), kReportHeader);
    return text.str().substr(std::min(text.str().size(), sizeof(kReportHeader) - 1));
  }
  void ExpectAllDone(int count) const {
    std::string wanted;
    for (int i = 0; i < count; ++i)
      wanted += std::to_string(i + 2) + ",user" + std::to_string(i) + ",ok,,,\n";
    EXPECT_EQ(report(), wanted);
    EXPECT_THAT(office_.users, SizeIs(count));
  }
  std::set<std::string> CreateIds() const {
    std::set<std::string> ids;
    for (const auto& request : office_.creates) ids.insert(request.request_id());
    return ids;
  }

  const TemporaryFolder folder_;
  FakeOrganization office_;
  std::ostringstream out_;
  std::ostringstream err_;
};

const grpc::Status kAway(StatusCode::UNAVAILABLE, "away");

TEST_F(SetUpUsersTest, CreatesLicensesAndNumbersEachRow) {
  office_.left = {{"MCOEV", 2}, {"MCOPSTN1", 1}};
  Write(
      "ann,Ann,US,MCOEV|MCOPSTN1,+12065550100,addresses/a1/locations/default\n"
      "bob,Bob,US,MCOEV,+12065550101,\n"
      "cho,Cho,US,,,\n");
  EXPECT_EQ(Say(), 0) << err_.str();
  EXPECT_EQ(report(),
            "2,ann,ok,,,+12065550100\n"
            "3,bob,ok,,,+12065550101\n"
            "4,cho,ok,,,\n");
  EXPECT_THAT(err_.str(), HasSubstr("3 rows: 3 set up, 0 refused"));
  EXPECT_THAT(office_.creates, SizeIs(1));
  EXPECT_THAT(office_.assigns, SizeIs(2)) << "one for each set of licences";
  ASSERT_THAT(office_.number_batches, SizeIs(1));
  ASSERT_EQ(office_.number_batches[0].assignments_size(), 2) << "those who get a number";
  EXPECT_EQ(office_.number_batches[0].assignments(0).location(),
            "organizations/contoso/addresses/a1/locations/default");
  EXPECT_EQ(office_.number_batches[0].assignments(1).location(), "");
  EXPECT_EQ(office_.numbers["organizations/contoso/numbers/12065550101"],
            "organizations/contoso/users/bob");
}

TEST_F(SetUpUsersTest, StopsNoRowForAnother) {
  office_.left["MCOEV"] = 1;
  office_.numbers["organizations/contoso/numbers/12065550102"] = "organizations/contoso/users/zoe";
  Write(
      "ann,Ann,US,MCOEV,,\n"
      "bob,Bob,US,MCOEV,+12065550101,\n"
      "cho,Cho,US,,+12065550102,\n"
      "dan,Dan,US,,+12065550103,\n");
  EXPECT_EQ(Say(), 4);
  EXPECT_EQ(report(),
            "2,ann,ok,,,\n"
            "3,bob,NO_LICENSE_LEFT,licenses,sku=MCOEV,\n"
            "4,cho,NUMBER_IN_USE,number,assignee=users/zoe; number=+12065550102,\n"
            "5,dan,ok,,,+12065550103\n");
  EXPECT_THAT(err_.str(), HasSubstr("1 NO_LICENSE_LEFT at licenses: Buy more"));
  EXPECT_THAT(err_.str(), HasSubstr("1 NUMBER_IN_USE at number: Unassign"));
  EXPECT_EQ(office_.numbers["organizations/contoso/numbers/12065550101"], "")
      << "a row that was refused takes no further step";
}

TEST_F(SetUpUsersTest, GoesOnUnderTheSameRequestIds) {
  WritePeople(250);
  bool is_away = true;
  office_.refuse_assign = [&](const auto&) {
    return is_away && office_.assigns.size() > 1 ? kAway : grpc::Status::OK;
  };
  EXPECT_EQ(Say(), 6);
  EXPECT_THAT(err_.str(), HasSubstr("100 of 250 rows are done; the same command goes on with row "
                                    "101"));
  is_away = false;
  EXPECT_EQ(Say(), 0) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr("going on with row 101 of 250"));
  ExpectAllDone(250);
  ASSERT_THAT(office_.creates, SizeIs(4));
  EXPECT_EQ(office_.creates[1].request_id(), office_.creates[2].request_id());
  EXPECT_THAT(CreateIds(), SizeIs(3));
  EXPECT_EQ(office_.left["MCOEV"], 0);
}

TEST_F(SetUpUsersTest, OutlastsAServerThatIsAwayForAWhile) {
  WritePeople(10);
  int asked = 0;
  office_.refuse_create = [&](const auto&) { return ++asked <= 2 ? kAway : grpc::Status::OK; };
  EXPECT_EQ(Say("--timeout 5s"), 0) << err_.str();
  ExpectAllDone(10);
  EXPECT_THAT(CreateIds(), SizeIs(1));
}

// What a process leaves behind that is killed after any byte of the report.
TEST_F(SetUpUsersTest, MendsAReportThatWasCutOffAnywhere) {
  WritePeople(12);
  ASSERT_EQ(Say(), 0) << err_.str();
  const auto size = std::filesystem::file_size(report_path());
  for (std::uintmax_t cut = 0; cut <= size; cut += 7) {
    std::filesystem::resize_file(report_path(), cut);
    ASSERT_EQ(Say(), 0) << err_.str();
    ExpectAllDone(12);
  }
  EXPECT_THAT(CreateIds(), SizeIs(1));
  EXPECT_EQ(office_.left["MCOEV"], 0);
}

TEST_F(SetUpUsersTest, SendsNothingWhenAllIsDone) {
  WritePeople(3);
  ASSERT_EQ(Say(), 0);
  const auto before = office_.called();
  EXPECT_EQ(Say(), 0);
  EXPECT_THAT(err_.str(), HasSubstr("all was done before"));
  EXPECT_THAT(office_.called(), SizeIs(before.size() + 1)) << "but the server's status";
}

TEST_F(SetUpUsersTest, TellsWhatEarlierRunsWereRefused) {
  WritePeople(3);
  office_.left["MCOEV"] = 2;
  ASSERT_EQ(Say(), 4);
  EXPECT_EQ(Say(), 4);
  EXPECT_THAT(err_.str(), HasSubstr("3 rows: 2 set up, 1 refused"));
}

TEST_F(SetUpUsersTest, MixesNoTwoFilesOrganizationsOrLedgers) {
  WritePeople(3);
  ASSERT_EQ(Say(), 0);
  const auto before = office_.creates.size();
  EXPECT_EQ(Say("--org fabrikam"), 2);
  EXPECT_THAT(err_.str(), HasSubstr("not organizations/fabrikam"));
  office_.ledger = "c2";
  EXPECT_EQ(Say(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("and the server has c2"));
  office_.ledger = "c1";
  WritePeople(4);
  EXPECT_EQ(Say(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("the file has changed since: name another report"));
  std::filesystem::remove(report_path() + ".journal");
  EXPECT_EQ(Say(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("no journal beside it"));
  EXPECT_THAT(office_.creates, SizeIs(before));
  EXPECT_EQ(Say("--report " + (folder_.path() / "second.csv").string()), 0) << err_.str();
}

// A day later, or after a million others.
TEST_F(SetUpUsersTest, AsksAnewWhatTheServerHasForgotten) {
  WritePeople(4);
  office_.refuse_assign = [&](const auto&) { return kAway; };
  ASSERT_EQ(Say(), 6);
  office_.refuse_assign = nullptr;
  office_.Forget();
  const std::string old = office_.creates.front().request_id();
  office_.refuse_create = [&](const BatchCreateUsersRequest& request) {
    return request.request_id() == old
               ? ToGrpc(RefusalOf(StatusCode::FAILED_PRECONDITION, "REQUEST_TOO_OLD"))
               : grpc::Status::OK;
  };
  office_.users["organizations/contoso/users/user2"].set_display_name("Somebody else");
  office_.users.erase("organizations/contoso/users/user3");
  EXPECT_EQ(Say(), 4) << err_.str();
  EXPECT_EQ(report(),
            "2,user0,ok,,the user was there already,\n"
            "3,user1,ok,,the user was there already,\n"
            "4,user2,USER_EXISTS,create,user=users/user2; differs in display_name,\n"
            "5,user3,ok,,,\n");
}

TEST_F(SetUpUsersTest, KnowsANumberThatTheUserHasAlready) {
  for (const char* const digits : {"12065550100", "12065550101", "12065550102"})
    office_.numbers["organizations/contoso/numbers/" + std::string(digits)] =
        "organizations/contoso/users/user" + std::string(1, digits[10]);
  Write(
      "user0,Ann,US,,+12065550100,\n"
      "user1,Ann,US,,+12065550101,addresses/a1/locations/default\n"
      "user2,Ann,US,,+12065550102,addresses/a2/locations/default\n");
  EXPECT_EQ(Say(), 4);
  EXPECT_EQ(report(),
            "2,user0,ok,,the user had the number already,+12065550100\n"
            "3,user1,ok,,the user had the number already,+12065550101\n"
            "4,user2,NUMBER_IN_USE,number,assignee=users/user2; number=+12065550102; "
            "location=addresses/a1/locations/default,\n");
}

TEST_F(SetUpUsersTest, LeavesOutRowsThatAreMalformed) {
  WritePeople(5);
  office_.refuse_create = [](const BatchCreateUsersRequest& request) {
    google::rpc::Status status = RefusalOf(StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST");
    google::rpc::BadRequest bad;
    for (int i = 0; i < request.users_size() && bad.field_violations_size() == 0; ++i) {
      if (request.users(i).user_id() != "user1" && request.users(i).user_id() != "user3") continue;
      bad.add_field_violations()->set_field("users[" + std::to_string(i) + "].user.email");
      bad.mutable_field_violations(0)->set_description("is no mail address");
    }
    status.add_details()->PackFrom(bad);
    return bad.field_violations_size() == 0 ? grpc::Status::OK : ToGrpc(status);
  };
  EXPECT_EQ(Say(), 2);
  EXPECT_EQ(report(),
            "2,user0,ok,,,\n"
            "3,user1,MALFORMED_REQUEST,create,user.email is no mail address,\n"
            "4,user2,ok,,,\n"
            "5,user3,MALFORMED_REQUEST,create,user.email is no mail address,\n"
            "6,user4,ok,,,\n");
  EXPECT_THAT(CreateIds(), SizeIs(3)) << "another body needs another id";
}

TEST_F(SetUpUsersTest, HalvesWhatIsTooMuchForOneRequest) {
  WritePeople(120);
  office_.refuse_create = [](const BatchCreateUsersRequest& request) {
    bool is_huge = request.users_size() > 30;
    for (const auto& user : request.users()) is_huge = is_huge || user.user_id() == "user100";
    return is_huge ? ToGrpc(RefusalOf(StatusCode::RESOURCE_EXHAUSTED, "COMMAND_TOO_LARGE"))
                   : grpc::Status::OK;
  };
  EXPECT_EQ(Say(), 4);
  EXPECT_THAT(report(), HasSubstr("\n102,user100,COMMAND_TOO_LARGE,create,,\n103,user101,ok,,,\n"));
  EXPECT_THAT(err_.str(), HasSubstr("120 rows: 119 set up, 1 refused"));
  EXPECT_EQ(Say(), 4) << "the journal has every half";
}

// What is refused for all is no row's: the run stops, and asks anew when it is run again.
TEST_F(SetUpUsersTest, StopsWhereTheOrganizationItselfIsRefused) {
  WritePeople(3);
  bool is_suspended = true;
  std::set<std::string> refused;
  office_.refuse_create = [&](const BatchCreateUsersRequest& request) {
    if (!is_suspended && !refused.contains(request.request_id())) return grpc::Status::OK;
    refused.insert(request.request_id());
    return ToGrpc(RefusalOf(StatusCode::FAILED_PRECONDITION, "ORGANIZATION_SUSPENDED"));
  };
  EXPECT_EQ(Say(), 4);
  EXPECT_EQ(report(), "");
  EXPECT_THAT(refused, SizeIs(1));
  EXPECT_THAT(err_.str(), HasSubstr("0 of 3 rows are done"));
  is_suspended = false;
  EXPECT_EQ(Say(), 0) << err_.str();
  ExpectAllDone(3);
}

TEST_F(SetUpUsersTest, SharesARefusalOfALicenceAmongItsRowsOnly) {
  Write("ann,Ann,US,NOSUCH,,\nbob,Bob,US,,,\ncho,Cho,US,NOSUCH,,\n");
  office_.refuse_assign = [](const auto&) {
    return ToGrpc(RefusalOf(StatusCode::NOT_FOUND, "SKU_UNKNOWN", {{"sku", "NOSUCH"}}));
  };
  EXPECT_EQ(Say(), 3);
  EXPECT_EQ(report(),
            "2,ann,SKU_UNKNOWN,licenses,sku=NOSUCH,\n"
            "3,bob,ok,,,\n"
            "4,cho,SKU_UNKNOWN,licenses,sku=NOSUCH,\n");
}

// user0 with +12065550100, and so on.
std::string Numbered(int count) {
  std::string lines;
  for (int i = 0; i < count; ++i)
    lines += "user" + std::to_string(i) + ",Ann,US,,+1206555" + std::to_string(1000 + i) + ",\n";
  return lines;
}

TEST_F(SetUpUsersTest, AsksForTheNumbersOfAChunkAtOnce) {
  Write(Numbered(150));
  bool is_broken = true;
  office_.refuse_numbers = [&](const auto& request) {
    return is_broken && request.assignments_size() == 50
               ? grpc::Status(StatusCode::INTERNAL, "broken")
               : grpc::Status::OK;
  };
  EXPECT_EQ(Say(), 1);
  is_broken = false;
  EXPECT_EQ(Say(), 0) << err_.str();
  ASSERT_THAT(office_.number_batches, SizeIs(3));
  EXPECT_EQ(office_.number_batches[0].assignments_size(), 100);
  EXPECT_NE(office_.number_batches[0].request_id(), office_.number_batches[1].request_id());
  EXPECT_EQ(office_.number_batches[1].SerializeAsString(),
            office_.number_batches[2].SerializeAsString())
      << "the same again, under the same id";
  EXPECT_THAT(office_.numbers, SizeIs(150));
  EXPECT_THAT(err_.str(), HasSubstr("150 rows: 150 set up, 0 refused"));
}

// The first answers, so there is no note that a user had the number before.
TEST_F(SetUpUsersTest, GivesEachNumberOnceWhereverTheReportWasCutOff) {
  Write(Numbered(3));
  ASSERT_EQ(Say(), 0) << err_.str();
  const std::string whole =
      "2,user0,ok,,,+12065551000\n"
      "3,user1,ok,,,+12065551001\n"
      "4,user2,ok,,,+12065551002\n";
  EXPECT_EQ(report(), whole);
  const auto size = std::filesystem::file_size(report_path());
  for (std::uintmax_t cut = 0; cut <= size; cut += 5) {
    std::filesystem::resize_file(report_path(), cut);
    ASSERT_EQ(Say(), 0) << err_.str();
    EXPECT_EQ(report(), whole);
  }
}

// As a tool leaves it behind that gave each number by a call of its own, under other ids.
TEST_F(SetUpUsersTest, GoesOnWhereSomeNumbersWereGivenUnderOtherIds) {
  Write(Numbered(3));
  office_.refuse_numbers = [](const auto&) { return kAway; };
  ASSERT_EQ(Say(), 6);
  office_.refuse_numbers = nullptr;
  office_.numbers["organizations/contoso/numbers/12065551001"] =
      "organizations/contoso/users/user1";
  EXPECT_EQ(Say(), 0) << err_.str();
  EXPECT_EQ(report(),
            "2,user0,ok,,,+12065551000\n"
            "3,user1,ok,,the user had the number already,+12065551001\n"
            "4,user2,ok,,,+12065551002\n");
}

TEST_F(SetUpUsersTest, LeavesOutPlacesThatAreMalformed) {
  Write(
      "ann,Ann,US,,+12065550100,addresses/a1/locations/default\n"
      "bob,Bob,US,,,\n"
      "cho,Cho,US,,+12065550102,addresses/A!/locations/default\n"
      "dan,Dan,US,,+12065550103,\n");
  office_.refuse_numbers = [](const auto& request) {
    if (request.assignments_size() < 3) return grpc::Status::OK;
    google::rpc::Status status = RefusalOf(StatusCode::INVALID_ARGUMENT, "MALFORMED_REQUEST");
    google::rpc::BadRequest bad;
    bad.add_field_violations()->set_field("assignments[1].location");
    bad.mutable_field_violations(0)->set_description("is no resource name");
    status.add_details()->PackFrom(bad);
    return ToGrpc(status);
  };
  EXPECT_EQ(Say(), 2);
  EXPECT_EQ(report(),
            "2,ann,ok,,,+12065550100\n"
            "3,bob,ok,,,\n"
            "4,cho,MALFORMED_REQUEST,number,location is no resource name,\n"
            "5,dan,ok,,,+12065550103\n");
  ASSERT_THAT(office_.number_batches, SizeIs(2));
  EXPECT_NE(office_.number_batches[0].request_id(), office_.number_batches[1].request_id());
}

TEST_F(SetUpUsersTest, HalvesNumbersThatAreTooMany) {
  for (const char* const reason : {"COMMAND_TOO_LARGE", "TOO_MANY_NUMBERS_AT_ONCE"}) {
    Write(Numbered(60));
    std::filesystem::remove(report_path());
    std::filesystem::remove(report_path() + ".journal");
    office_.numbers.clear();
    office_.refuse_numbers = [&](const auto& request) {
      return request.assignments_size() > 30
                 ? ToGrpc(RefusalOf(StatusCode::RESOURCE_EXHAUSTED, reason))
                 : grpc::Status::OK;
    };
    EXPECT_EQ(Say(), 0) << err_.str();
    EXPECT_THAT(err_.str(), HasSubstr("60 rows: 60 set up, 0 refused"));
    EXPECT_THAT(report(), HasSubstr("\n61,user59,ok,,the user was there already,+12065551059\n"));
    EXPECT_THAT(office_.numbers, SizeIs(60));
  }
}

TEST_F(SetUpUsersTest, SendsNothingOfAFileThatIsMalformed) {
  Write("ann,Ann,US,,,\nbob,Bob,,,,\n");
  EXPECT_EQ(Say(), 2);
  EXPECT_THAT(err_.str(), HasSubstr("people.csv: line 3, column usage_location: is empty"));
  EXPECT_THAT(office_.called(), IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(report_path()));
}

TEST_F(SetUpUsersTest, TriesWithoutSettingAnybodyUp) {
  office_.users["organizations/contoso/users/bob"].set_display_name("Another Bob");
  office_.numbers = {
      {"organizations/contoso/numbers/12065550100", ""},
      {"organizations/contoso/numbers/12065550101", "organizations/contoso/users/x"},
      {"organizations/contoso/numbers/12065550102", "organizations/contoso/users/fay"}};
  office_.left["MCOEV"] = 1;
  Write(
      "ann,Ann,US,MCOEV|MCOPSTNPP,+12065550100,\n"
      "bob,Bob,US,MCOEV,,\n"
      "cho,Cho,US,MCOEV,,\n"
      "dan,Dan,US,,+12065550101,\n"
      "eve,Eve,US,,+12065550199,\n"
      "fay,Fay,US,MCOEV,+12065550102,\n");
  office_.licensed = {"organizations/contoso/users/fay"};
  EXPECT_EQ(Say("--dry-run"), 4) << err_.str();
  EXPECT_EQ(out_.str(), std::string(kReportHeader) +
                            "3,bob,USER_EXISTS,create,user=users/bob; differs in display_name and "
                            "usage_location,\n"
                            "5,dan,NUMBER_IN_USE,number,assignee=users/x,\n"
                            "6,eve,NUMBER_NOT_HELD,number,number=+12065550199,\n");
  EXPECT_THAT(err_.str(), HasSubstr("MCOEV: 2 are needed, 1 are left\n"));
  EXPECT_THAT(err_.str(), Not(HasSubstr("MCOPSTNPP"))) << "of which no count is kept";
  EXPECT_THAT(err_.str(), HasSubstr("6 rows: 3 would be refused"));
  EXPECT_THAT(err_.str(), HasSubstr("not known before the users are there: whether each may have"));
  for (const auto& request : office_.creates) EXPECT_TRUE(request.validate_only());
  EXPECT_THAT(office_.users, SizeIs(1));
  EXPECT_THAT(office_.assigns, IsEmpty());
  EXPECT_FALSE(std::filesystem::exists(report_path()));
  EXPECT_FALSE(std::filesystem::exists(report_path() + ".journal"));
}

TEST_F(SetUpUsersTest, IsListedAndExplained) {
  const Console console{out_, err_, nullptr, nullptr};
  EXPECT_EQ(Tool({"help", "user"}, console), 0);
  EXPECT_THAT(out_.str(), HasSubstr("user set-up --file PEOPLE.csv [--report FILE]"));
  EXPECT_EQ(Tool({"user", "set-up", "--help"}, console), 0);
  EXPECT_THAT(out_.str(), HasSubstr("FILE.journal"));
  out_.str("");
  EXPECT_EQ(Tool({"__complete", "user"}, console), 0);
  EXPECT_THAT(out_.str(), HasSubstr("set-up\n"));
  EXPECT_EQ(Tool({"user", "set-up", "--org", "contoso"}, console), 2);
  EXPECT_THAT(err_.str(), HasSubstr("say user set-up --file"));
  EXPECT_EQ(Tool({"user", "set-up", "--org", "contoso", "--file", "-"}, console), 2);
  EXPECT_EQ(Tool({"user", "set-up", "--file", "x", "--colour", "red"}, console), 2);
}

}  // namespace
}  // namespace dialtone::clients::cli
