#include "clients/cli/request.h"

#include <gmock/gmock.h>

#include <fstream>
#include <set>

#include "clients/cli/fields.h"
#include "clients/cli/names.h"
#include "clients/cli/values.h"
#include "clients/cpp/methods.h"
#include "dialtone/billing/v1/billing_service.pb.h"
#include "dialtone/inventory/v1/inventory_service.pb.h"
#include "dialtone/organizations/v1/organizations_service.pb.h"
#include "dialtone/policy/v1/catalog_service.pb.h"
#include "tests/support/temporary_folder.h"

namespace dialtone::clients::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

tl::expected<RequestPtr, std::string> Built(const std::string& line) {
  const auto arguments =
      ParseArguments(SplitLine(line), [](const std::string&) { return std::nullopt; });
  if (!arguments) return tl::unexpected(arguments.error());
  const Command* const command = FindCommand(arguments->rest[0], arguments->rest[1]);
  if (command == nullptr) return tl::unexpected<std::string>("no such command");
  return BuildRequest(*command, *arguments);
}

template <class Request>
Request As(const std::string& line) {
  auto built = Built(line);
  EXPECT_TRUE(built.has_value()) << built.error();
  if (!built) return {};
  return dynamic_cast<const Request&>(**built);
}

std::string Wrong(const std::string& line) {
  const auto built = Built(line);
  return built ? "nothing" : built.error();
}

TEST(Commands, ReachEveryMethodByOneNounAndVerb) {
  std::set<std::string> names;
  for (const Command& command : AllCommands()) names.insert(command.noun + " " + command.verb);
  EXPECT_EQ(names.size(), LinkedMethods().size());
  EXPECT_GT(names.size(), 30U);
}

TEST(Commands, FindThemselvesByTheirNames) {
  for (const Command& command : AllCommands())
    EXPECT_EQ(FindCommand(command.noun, command.verb), &command) << command.noun << command.verb;
}

TEST(Request, TakesWhatIsDueWithoutFlags) {
  const auto request = As<inventory::v1::ReserveNumbersRequest>(
      "number reserve toll-free --org contoso --country US --area-code 888 --quantity 2");
  EXPECT_EQ(request.parent(), "organizations/contoso");
  EXPECT_EQ(request.type(), inventory::v1::TOLL_FREE);
  EXPECT_EQ(request.area().country(), "US");
  EXPECT_EQ(request.area().area_code(), "888");
  EXPECT_EQ(request.quantity(), 2U);
}

TEST(Request, TakesListsWithCommas) {
  const auto request = As<inventory::v1::ReserveNumbersRequest>(
      "number reserve subscriber --org contoso --numbers 12065550100,+12065550101");
  EXPECT_THAT(request.numbers(), ElementsAre("+12065550100", "+12065550101"));
}

TEST(Request, MakesShortNamesWhole) {
  EXPECT_EQ(
      As<inventory::v1::AcquireNumbersRequest>("number acquire r-1 --org contoso").reservation(),
      "organizations/contoso/reservations/r-1");
  EXPECT_EQ(As<policy::v1::GetCountryRequest>("country get FR").name(), "countries/FR");
}

TEST(Request, KnowsTheOrganizationByItsFlagOrByItsName) {
  using organizations::v1::GetOrganizationRequest;
  EXPECT_EQ(As<GetOrganizationRequest>("organization get contoso").name(), "organizations/contoso");
  EXPECT_EQ(As<GetOrganizationRequest>("organization get --org contoso").name(),
            "organizations/contoso");
}

TEST(Request, ReadsMoney) {
  const auto request =
      As<billing::v1::FundCreditsRequest>("credits fund '50.25 USD' --org contoso");
  EXPECT_EQ(request.amount().micros(), 50'250'000);
  EXPECT_EQ(request.amount().currency_code(), "USD");
}

TEST(Request, ReadsItemsFromACsvFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "users.csv";
  std::ofstream(file) << "user_id,usage_location\nann,US\nbob,GB\n";
  const auto request = As<organizations::v1::BatchCreateUsersRequest>(
      "user batch-create --org contoso --users @" + file.string());
  ASSERT_EQ(request.users_size(), 2);
  EXPECT_EQ(request.users(1).user_id(), "bob");
  EXPECT_EQ(request.users(1).user().usage_location(), "GB");
}

TEST(Request, LaysFlagsOverAFile) {
  const TemporaryFolder folder;
  const auto file = folder.path() / "request.json";
  std::ofstream(file) << R"({"type": "TOLL", "quantity": 3, "area": {"country": "GB"}})";
  const auto request = As<inventory::v1::ReserveNumbersRequest>(
      "number reserve --org contoso --quantity 4 --file " + file.string());
  EXPECT_EQ(request.type(), inventory::v1::TOLL);
  EXPECT_EQ(request.quantity(), 4U);
  EXPECT_EQ(request.area().country(), "GB");
}

TEST(Request, CarriesTheIdThatWasAskedFor) {
  const char kId[] = "01932c07-0000-7000-8000-000000000000";
  const auto request = As<inventory::v1::AcquireNumbersRequest>(
      std::string("number acquire r-1 --org contoso --request-id ") + kId);
  EXPECT_EQ(request.request_id(), kId);
}

TEST(Request, OfADryRunChangesNothing) {
  EXPECT_TRUE(As<inventory::v1::AcquireNumbersRequest>("number acquire r-1 --org c --dry-run")
                  .validate_only());
  EXPECT_THAT(Wrong("country get FR --dry-run"), HasSubstr("nothing to try"));
}

TEST(Request, SaysWhatIsWrongWithAWord) {
  EXPECT_THAT(Wrong("number reserve mobile --org contoso"),
              HasSubstr("SUBSCRIBER, TOLL, TOLL_FREE"));
  EXPECT_THAT(Wrong("number reserve toll --quantity many"),
              HasSubstr("--quantity is not a number"));
  EXPECT_THAT(Wrong("number reserve toll --colour red"), HasSubstr("--colour is no flag"));
  EXPECT_THAT(Wrong("number reserve toll --quantity"), HasSubstr("needs a value"));
  EXPECT_THAT(Wrong("country get FR GB"), HasSubstr("nothing is expected"));
  EXPECT_THAT(Wrong("number acquire r-1"), HasSubstr("--org"));
}

TEST(Request, HasNoFlagForWhatServersFillIn) {
  EXPECT_FALSE(FindLeaf(*inventory::v1::ReserveNumbersRequest::descriptor(), "blocks"));
}

TEST(Fields, AreNotGuessedAmongTwoOfOneName) {
  EXPECT_FALSE(FindLeaf(*policy::v1::Country::descriptor(), "iso"));
  EXPECT_TRUE(FindLeaf(*policy::v1::Country::descriptor(), "features.iso"));
  EXPECT_EQ(FindLeaf(*policy::v1::Country::descriptor(), "port_out_pin")->text(),
            "rules.port_out_pin");
}

TEST(Names, AreFilledFromTheirEnd) {
  const std::string pattern =
      "organizations/{organization}/addresses/{address}/locations/{location}";
  const std::string whole = "organizations/c/addresses/hq/locations/main";
  EXPECT_EQ(WholeName(pattern, "hq/main", "c"), whole);
  EXPECT_EQ(WholeName(pattern, "addresses/hq/locations/main", "c"), whole);
  EXPECT_EQ(WholeName(pattern, whole, "other"), whole);
  EXPECT_FALSE(WholeName(pattern, "main", "c"));
}

TEST(Names, OfNumbersGoWithoutPlus) {
  EXPECT_EQ(WholeName("organizations/{organization}/numbers/{number}", "+12065550100", "c"),
            "organizations/c/numbers/12065550100");
}

TEST(Values, ReadMoneyToTheMicro) {
  EXPECT_EQ(ParseMicros("0.000001"), 1);
  EXPECT_EQ(ParseMicros("-12.5"), -12'500'000);
  EXPECT_EQ(ParseMicros("1.0000001"), std::nullopt);
  EXPECT_EQ(ParseMicros("1e6"), std::nullopt);
  EXPECT_EQ(ParseMicros(""), std::nullopt);
}

TEST(Values, ShowMoneyWithItsSign) {
  type::v1::Money money;
  money.set_currency_code("USD");
  money.set_micros(-500'000);
  EXPECT_EQ(ValueText(money), "-0.50 USD");
  money.set_micros(1'234'567);
  EXPECT_EQ(ValueText(money), "1.234567 USD");
}

TEST(Words, AreSplitAsAShellWouldAndJoinedAgain) {
  const std::vector<std::string> words = {"a b", "c'd", "", "$e", "f"};
  EXPECT_EQ(SplitLine(JoinLine(words)), words);
  EXPECT_THAT(SplitLine("a  'b c' \"d e\" f\\ g"), ElementsAre("a", "b c", "d e", "f g"));
}

TEST(Arguments, PutFlagsOverTheEnvironment) {
  const Lookup environment = [](const std::string& name) -> std::optional<std::string> {
    if (name == "DIALTONE_SERVER") return "there:1";
    if (name == "DIALTONE_ORG") return "organizations/contoso";
    return std::nullopt;
  };
  const auto from_environment = ParseArguments({"user", "list"}, environment);
  EXPECT_EQ(from_environment->server, "there:1");
  EXPECT_EQ(from_environment->org, "contoso");
  const auto from_flags = ParseArguments({"user", "list", "--server=here:2"}, environment);
  EXPECT_EQ(from_flags->server, "here:2");
  EXPECT_THAT(from_flags->rest, ElementsAre("user", "list"));
}

}  // namespace
}  // namespace dialtone::clients::cli
