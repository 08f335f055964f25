// `dialtone user set-up` by the real tool on a real server: the tool is killed at random moments
// and run again, and so is the server once. Each user is there once, and the report is whole.
//   DIALTONE_SET_UP_USERS=10000 build/dev/bin/integration_tests --gtest_filter='SetUpUsers*'
#include <absl/strings/str_cat.h>
#include <absl/strings/str_format.h>
#include <absl/strings/str_join.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <memory>
#include <optional>
#include <random>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "dialtone/emergency/v1/address_authority_service.pb.h"
#include "dialtone/emergency/v1/emergency_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "tests/integration/server_process.h"
#include "tests/integration/tool_process.h"
#include "tests/support/office.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::testing {
namespace {

using std::chrono::microseconds;
using std::chrono::steady_clock;
using ::testing::ElementsAreArray;

constexpr int kUsersInCi = 5'000;
constexpr int kKills = 6;
constexpr int kNumbered = 3'000;
constexpr int kTakenAtOnce = 100;
constexpr char kOrganization[] = "organizations/contoso";
const std::vector<std::string> kSkus = {"ENTERPRISEPACK", "MCOEV", "MCOPSTN1"};

int Users() {
  const char* const said = std::getenv("DIALTONE_SET_UP_USERS");
  return said == nullptr ? kUsersInCi : std::atoi(said);
}

std::string UserId(int index) { return absl::StrFormat("user-%05d", index); }

void Spin(microseconds span) {
  const auto end = steady_clock::now() + span;
  while (steady_clock::now() < end) std::this_thread::yield();
}

class SetUpUsersTest : public ::testing::Test {
 protected:
  SetUpUsersTest() {
    Start("127.0.0.1:0");
    CreateOrganization(*caller_, "contoso");
  }

  void Start(const std::string& listen) {
    server_.emplace(folder_.path() / "data", std::vector<std::string>{"--listen", listen});
    caller_.emplace(server_->address());
  }
  // Where it was before: the tool finds it again.
  void KillAndStartServer() {
    const std::string address = server_->address();
    server_->Kill();
    caller_.reset();
    server_.reset();
    Start(address);
  }

  std::string file() const { return folder_.path() / "people.csv"; }
  std::string report() const { return folder_.path() / "people.report.csv"; }
  ToolProcess RunTool() const {
    return {folder_.path(),
            {"user", "set-up", "--org", "contoso", "--server", server_->address(), "--file", file(),
             "--timeout", "60s"}};
  }
  // Of the report, the first one not counted.
  std::vector<std::string> ReportLines() const;
  // False: it ended before.
  bool AwaitLines(ToolProcess& tool, std::size_t lines) const;
  // Kills it so often, at any moment, as long as it has something to do; then it runs to its end.
  int RunKilled(int kills, std::size_t lines_between,
                const std::function<void(ToolProcess&)>& last);

  void Buy(std::uint32_t quantity);
  // With this behind them, queries see all that was done before.
  void BearWitness() { CreateUser(*caller_, kOrganization, "witness"); }
  template <class Reply, class Request>
  std::vector<Reply> Pages(Request request);

  const TemporaryFolder folder_;
  std::optional<ServerProcess> server_;
  std::optional<Caller> caller_;
  std::mt19937_64 chance_{20'261'123};
};

std::vector<std::string> SetUpUsersTest::ReportLines() const {
  std::vector<std::string> lines;
  std::ifstream stream(report());
  std::string line;
  std::getline(stream, line);
  while (std::getline(stream, line)) lines.push_back(line);
  return lines;
}

bool SetUpUsersTest::AwaitLines(ToolProcess& tool, std::size_t lines) const {
  while (ReportLines().size() < lines) {
    if (tool.Ended()) return false;
    Spin(microseconds(500));
  }
  return true;
}

int SetUpUsersTest::RunKilled(int kills, std::size_t lines_between,
                              const std::function<void(ToolProcess&)>& last) {
  int killed = 0;
  while (killed < kills) {
    ToolProcess tool = RunTool();
    // Every third dies before it has done anything, or soon after.
    const bool is_early = killed % 3 == 2;
    const std::size_t lines = ReportLines().size() + 1 + chance_() % lines_between;
    if (!is_early && !AwaitLines(tool, lines)) break;
    Spin(microseconds(chance_() % (is_early ? 40'000 : 8'000)));
    if (tool.Ended()) break;
    tool.Kill();
    ++killed;
  }
  EXPECT_GT(killed, 0) << "it was done too soon";  // a busy machine may let it end before the last
  ToolProcess tool = RunTool();
  last(tool);
  return tool.Wait();
}

void SetUpUsersTest::Buy(std::uint32_t quantity) {
  for (const std::string& sku : kSkus) {
    licensing::v1::BuyLicensesRequest request;
    request.set_parent(kOrganization);
    request.set_sku(sku);
    request.set_quantity(quantity);
    request.set_request_id(MintRequestId());
    caller_->Must<licensing::v1::LicensePool>(request);
  }
}

template <class Reply, class Request>
std::vector<Reply> SetUpUsersTest::Pages(Request request) {
  std::vector<Reply> pages;
  request.set_parent(kOrganization);
  do {
    pages.push_back(caller_->Must<Reply>(request));
    request.set_page_token(pages.back().next_page_token());
  } while (!request.page_token().empty());
  return pages;
}

TEST_F(SetUpUsersTest, HasEachUserOnceHoweverOftenItIsKilled) {
  const int users = Users();
  Buy(static_cast<std::uint32_t>(users));
  std::ofstream people(file());
  people << "user_id,display_name,email,usage_location,skus\r\n";
  for (int i = 0; i < users; ++i) {
    people << UserId(i) << ",\"Person, " << i << "\"," << UserId(i) << "@contoso.com,US,"
           << absl::StrJoin(kSkus, "|") << "\r\n";
  }
  people.close();

  const int exit_code =
      RunKilled(kKills, static_cast<std::size_t>(users) / 15, [&](ToolProcess& tool) {
        AwaitLines(tool, ReportLines().size() + 1);
        KillAndStartServer();
      });
  EXPECT_EQ(exit_code, 0) << std::ifstream(folder_.path() / "dialtone.err").rdbuf();

  std::vector<std::string> wanted;
  for (int i = 0; i < users; ++i) wanted.push_back(absl::StrCat(i + 2, ",", UserId(i), ",ok,,,"));
  EXPECT_EQ(ReportLines(), wanted);

  BearWitness();
  std::vector<std::string> there;
  std::vector<std::string> wanted_users;
  for (const auto& page :
       Pages<organizations::v1::ListUsersResponse>(organizations::v1::ListUsersRequest())) {
    for (const auto& user : page.users()) there.push_back(user.name());
  }
  for (int i = 0; i < users; ++i)
    wanted_users.push_back(absl::StrCat(kOrganization, "/users/", UserId(i)));
  wanted_users.push_back(absl::StrCat(kOrganization, "/users/witness"));
  EXPECT_EQ(there, wanted_users);

  int licensed = 0;
  for (const auto& page :
       Pages<licensing::v1::ListUserLicensesResponse>(licensing::v1::ListUserLicensesRequest())) {
    for (const auto& user : page.user_licenses()) {
      EXPECT_THAT(user.skus(), ElementsAreArray(kSkus)) << user.user();
      ++licensed;
    }
  }
  EXPECT_EQ(licensed, users);
  for (const auto& page :
       Pages<licensing::v1::ListLicensePoolsResponse>(licensing::v1::ListLicensePoolsRequest())) {
    for (const auto& pool : page.license_pools())
      EXPECT_EQ(pool.assigned(), static_cast<std::uint32_t>(users)) << pool.sku();
  }
}

class SetUpNumbersTest : public SetUpUsersTest {
 protected:
  // A validated address of Seattle; gives its default location.
  std::string CreateLocation();
  // In the order of their names.
  std::vector<inventory::v1::Number> Numbers();
};

std::string SetUpNumbersTest::CreateLocation() {
  emergency::v1::CreateAddressRequest create;
  create.set_parent(kOrganization);
  auto& civic = *create.mutable_civic();
  civic.set_country("US");
  civic.set_region("WA");
  civic.set_city("Seattle");
  civic.set_company("Contoso");
  civic.set_house_number("1");
  civic.set_street("Main St");
  civic.set_postal_code("98101");
  const std::string name = caller_->Must<emergency::v1::Address>(create).name();
  emergency::v1::ValidateAddressRequest validate;
  validate.set_name(name);
  caller_->Must<emergency::v1::Address>(validate);
  emergency::v1::CompleteValidationRequest complete;
  complete.set_name(name);
  complete.mutable_accepted();
  caller_->Must<emergency::v1::Address>(complete);
  emergency::v1::AcceptDisclaimerRequest accept;
  accept.set_parent(kOrganization);
  accept.set_country("US");
  caller_->Must<emergency::v1::Disclaimer>(accept);
  return name + "/locations/default";
}

std::vector<inventory::v1::Number> SetUpNumbersTest::Numbers() {
  std::vector<inventory::v1::Number> numbers;
  for (const auto& page :
       Pages<inventory::v1::ListNumbersResponse>(inventory::v1::ListNumbersRequest()))
    numbers.insert(numbers.end(), page.numbers().begin(), page.numbers().end());
  return numbers;
}

// A quota for numbers comes with licences, so people are licensed before there are numbers for
// them: the file comes a second time, with numbers, and only these are new.
TEST_F(SetUpNumbersTest, GivesEachUserItsNumberOnce) {
  Buy(kNumbered);
  const auto write = [&](const std::vector<inventory::v1::Number>& numbers,
                         const std::string& location) {
    std::ofstream people(file());
    people << "user_id,usage_location,skus,number,location\n";
    for (int i = 0; i < kNumbered; ++i) {
      people << UserId(i) << ",US," << absl::StrJoin(kSkus, "|");
      numbers.empty()
          ? people << ",,"
          : people << ',' << numbers[static_cast<std::size_t>(i)].e164() << ',' << location;
      people << '\n';
    }
  };
  write({}, "");
  ASSERT_EQ(RunTool().Wait(), 0) << std::ifstream(folder_.path() / "dialtone.err").rdbuf();
  LoadNumbers(*caller_, 12065550000, 10'000);
  for (int taken = 0; taken < kNumbered; taken += kTakenAtOnce)
    TakeNumbers(*caller_, kOrganization, kTakenAtOnce);
  write(Numbers(), CreateLocation());
  std::filesystem::remove(report());
  std::filesystem::remove(report() + ".journal");

  const int exit_code = RunKilled(3, 1, [&](ToolProcess& tool) {
    AwaitLines(tool, ReportLines().size() + 1);
    KillAndStartServer();
  });
  EXPECT_EQ(exit_code, 0) << std::ifstream(folder_.path() / "dialtone.err").rdbuf();

  const std::vector<std::string> lines = ReportLines();
  BearWitness();
  const auto numbers = Numbers();
  ASSERT_EQ(lines.size(), static_cast<std::size_t>(kNumbered));
  ASSERT_EQ(numbers.size(), static_cast<std::size_t>(kNumbered));
  for (std::size_t i = 0; i < kNumbered; ++i) {
    const std::string user = UserId(static_cast<int>(i));
    EXPECT_EQ(lines[i], absl::StrCat(i + 2, ",", user, ",ok,,the user was there already,",
                                     numbers[i].e164()));
    EXPECT_EQ(numbers[i].assignee(), absl::StrCat(kOrganization, "/users/", user));
    EXPECT_NE(numbers[i].location(), "");
  }
}

}  // namespace
}  // namespace dialtone::testing
