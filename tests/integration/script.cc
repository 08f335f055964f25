#include "tests/integration/script.h"

#include <absl/strings/str_cat.h>

#include <fstream>
#include <sstream>

#include "clients/cli/names.h"
#include "clients/demo/scenes.h"

namespace dialtone::testing {

namespace {

using clients::cli::ShortName;
using clients::demo::FieldOf;
using clients::demo::FieldsOf;
using clients::demo::Stage;
using clients::demo::Story;

// The same instant on every server, to within the time that calls take: what depends on the day or
// the month is the same then.
void GoTo(Stage& stage, std::chrono::seconds begin) {
  const auto now = stage.server_time().time_since_epoch();
  const auto ahead = std::chrono::duration_cast<std::chrono::milliseconds>(begin - now);
  stage.Expect(ahead.count() > 0, "the script begins later than now");
  stage.Advance(absl::StrCat(ahead.count(), "ms"));
}

void PlayOrganizations(Stage& stage) {
  stage.Refused("ORGANIZATION_EXISTS",
                "organization create contoso --display-name Another --country US");
  stage.Do("organization create fabrikam --display-name Fabrikam --country GB");
  stage.Do("organization update fabrikam --display-name 'Fabrikam plc' --country GB");
  stage.Do("organization suspend fabrikam");
  stage.Refused("ORGANIZATION_SUSPENDED", "user create zoe --org fabrikam --usage-location GB");
  stage.Do("organization resume fabrikam");
  stage.Do("user create zoe --org fabrikam --usage-location GB");
  stage.Do("user update zoe --org fabrikam --display-name 'Zoe Example' --usage-location GB");
  stage.Do("user delete zoe --org fabrikam");
  stage.Refused("USER_NOT_FOUND", "user delete zoe --org fabrikam");
  stage.Do("organization delete fabrikam");
}

void PlayLicenses(Stage& stage) {
  stage.Do("license buy ENTERPRISEPREMIUM 2");
  stage.Do("license assign dev ENTERPRISEPACK,MCOEV");
  stage.Do("license swap dev ENTERPRISEPACK,MCOEV ENTERPRISEPREMIUM");
  stage.Do("license unassign dev ENTERPRISEPREMIUM");
  stage.Do("license cancel ENTERPRISEPREMIUM 1");
  stage.Refused("LICENSES_IN_USE", "license cancel ENTERPRISEPACK 10");
}

void PlayInventory(Stage& stage, const Story& story) {
  const std::string reserve = "number reserve subscriber --country US --area-code 212 --quantity ";
  const auto first = ShortName(FieldOf(stage.Do(reserve + "2"), "name"));
  stage.Do("reservation extend " + first);
  stage.Do("reservation release " + first);
  stage.Refused("RESERVATION_NOT_FOUND", "reservation extend " + first);
  const auto second = ShortName(FieldOf(stage.Do(reserve + "1"), "name"));
  const auto acquired = stage.Do("number acquire " + second);
  if (!stage.ok()) return;
  const std::string number = FieldsOf(acquired, "e164").front();
  stage.Do("number release " + number);
  stage.Do("number restore " + number);
  stage.Do("number unassign " + story.numbers.front());
  stage.Do("number assign " + story.numbers.front() + " bob --location " + story.location);
  stage.Refused("NUMBER_IN_USE", "number release " + story.numbers.front());
  stage.Do("number withdraw +442079460900 +442079460909");
  stage.Refused("BLOCK_OF_OTHER_KIND",
                "number load +12065550100 +12065550101 toll --country US --area-code 206");
}

// What becomes of a number beside who has it; and what the carrier says of it.
void PlayLivesOfNumbers(Stage& stage, const Story& story) {
  const std::string number = story.numbers.front();
  const auto etag = [&] { return FieldOf(stage.Do("number get " + number), "activation.etag"); };
  stage.Do("activation complete " + number + " " + etag());
  stage.Refused("ACTIVATION_SETTLED", "activation complete " + number + " " + etag());
  stage.Do("number-settings set --cooling-off-days 1");
  stage.Refused("NUMBER_NOT_ASSIGNED", "number batch-unassign " + number + "," + number);
  stage.Do("activation fail " + number + " " + etag() +
           " location-unknown --detail 'There is no such street.'");
  stage.Do("number unblock " + number);
  stage.Do("number block " + number + " --reason 'A feud.'");
  stage.Refused("NUMBER_BLOCKED", "number assign " + number + " bob");  // without a time to tell
  stage.Do("number tag " + number + " Sales,West");
  stage.Do("number untag " + number + " WEST");
  stage.Do("number change-use " + number + " toll");
  stage.Refused("NUMBER_USE_FIXED", "number change-use " + number + " toll-free");
  stage.Do("number change-use " + number + " subscriber");
  stage.Do("number unblock " + number);
  const auto rows = story.data / "assignments.json";
  std::ofstream(rows) << R"({"assignments": [{"number": ")" << number
                      << R"(", "user": "organizations/contoso/users/bob"}]})";
  stage.Do("number batch-assign --file " + rows.string());
}

void Sign(Stage& stage, const std::string& order) {
  stage.Do("port-order attach-loa " + order +
           " https://files.contoso.example/loa.pdf "
           "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 'Ann Example'");
}

// More than the ten business days that Canada's carriers want, whatever the season.
constexpr int kDaysElsewhere = 22;

std::string CreateOrder(Stage& stage, const std::string& account, const std::string& numbers,
                        const std::string& country = "US") {
  const auto order = stage.Do(
      "port-order create " + country + " subscriber --extent partial --numbers " + numbers +
      " --requested-date " + stage.WorkingDay(country == "US" ? 12 : kDaysElsewhere) +
      " --carrier 'Example Telecom' --account-number " + account +
      " --company 'Contoso Ltd' --authorizer 'Ann Example' --street '1 Main St' --city Bellevue"
      " --region WA --postal-code 98004 --billing-number +14255550150");
  const std::string name = ShortName(FieldOf(order, "name"));
  Sign(stage, name);
  return name;
}

// The demonstration's port and address are answered by simulators, number by number at once; here
// the answers come in one order.
void PlayFirstPort(Stage& stage) {
  const std::string order = CreateOrder(stage, "4711", "+14255550100,+14255550101,+14255550102");
  stage.Do("port-order submit " + order);
  const std::string second = CreateOrder(stage, "47-11", "+14255550110");
  stage.Do("port-order submit " + second);
  const auto watched = stage.Do("carrier watch --limit 1");
  const std::string seen = FieldOf(watched, "port_order.name");
  stage.Expect(ShortName(seen) == order, "the carrier sees the order");
  const auto accepted =
      stage.Do("carrier accept " + seen + " " + FieldOf(watched, "port_order.etag"));
  stage.Do("carrier confirm-foc " + seen + " " + stage.WorkingDay(12) + "T17:00:00Z " +
           FieldOf(accepted, "etag"));
  stage.Advance("20d");
  for (const char* const number : {" +14255550100", " +14255550101", " +14255550102"})
    stage.Do("carrier complete-number " + seen + number);
  stage.Do("wait port-order " + second + " --for state=PROCESSING");  // a block has to answer
  stage.Do("port-order cancel " + second);
}

void PlayOffice(Stage& stage, Story& story) {
  const auto created = stage.Do(
      "address create --country US --region WA --city Seattle --company 'Contoso Ltd'"
      " --house-number 400 --street 'Broad St' --postal-code 98109");
  const std::string address = ShortName(FieldOf(created, "name"));
  story.location = address + "/locations/default";
  stage.Do("address validate " + address);
  stage.Do("authority complete " + address +
           " --correction.country US --correction.region WA --correction.city Seattle"
           " --correction.company 'Contoso Ltd' --correction.house-number 400"
           " --correction.street 'Broad Street' --correction.postal-code 98109");
  stage.Do("address accept-correction " + address);
  stage.Do("emergency accept-disclaimer US");
  stage.Do("emergency assign " + story.numbers.front() + " " + story.location + " --user ann");
}

// Stock goes back to who had it, and one number cannot be held twice.
void PlayShortage(Stage& stage) {
  stage.Do("number withdraw +12125550101 +12125550199");
  const std::string order = CreateOrder(stage, "4714", "+14255550140,+14255780140,+12065550150");
  stage.Refused("NUMBER_ALREADY_HELD", "port-order submit " + order);
}

// Two blocks are asked; refused by the carrier, sent again, and moved but for one number.
void PlayPortOrders(Stage& stage) {
  const std::string order = CreateOrder(stage, "4712", "+14255550120,+14255780120");
  stage.Do("port-order submit " + order);
  const auto etag = [&] { return FieldOf(stage.Do("port-order get " + order), "etag"); };
  stage.Do("carrier accept " + order + " " + etag());
  stage.Do("carrier reject " + order + " name-mismatch " + etag());
  stage.Do("port-order update " + order +
           " --carrier 'Example Telecom' --account-number 4712 --company 'Contoso Limited'"
           " --authorizer 'Ann Example' --street '1 Main St' --city Bellevue --region WA"
           " --postal-code 98004 --billing-number +14255550150");
  Sign(stage, order);
  stage.Do("port-order resubmit " + order);
  stage.Do("carrier accept " + order + " " + etag());
  stage.Do("carrier confirm-foc " + order + " " + stage.WorkingDay(12) + "T17:00:00Z " + etag());
  const std::string other = CreateOrder(stage, "4713", "+14255550130");
  stage.Do("port-order submit " + other);
  stage.Do("carrier accept " + other + " " + FieldOf(stage.Do("port-order get " + other), "etag"));
  const std::string waiting = CreateOrder(stage, "4713", "+14255550131");
  stage.Do("port-order submit " + waiting);
  const std::string canadian = CreateOrder(stage, "4715", "+16045550120,+16045550121", "CA");
  stage.Do("port-order submit " + canadian);
  const auto etag_there = [&] { return FieldOf(stage.Do("port-order get " + canadian), "etag"); };
  stage.Do("carrier accept " + canadian + " " + etag_there());
  stage.Do("carrier confirm-foc " + canadian + " " + stage.WorkingDay(12) + "T17:00:00Z " +
           etag_there());
  stage.Advance("20d");
  for (const char* const number : {" +16045550120", " +16045550121"})
    stage.Do("carrier complete-number " + canadian + number);
  stage.Refused("PORT_ACTION_NOT_ALLOWED", "port-order cancel " + order);
  stage.Do("carrier complete-number " + order + " +14255550120");
  stage.Do("carrier fail-number " + order + " +14255780120 number-inactive");
  // The other one's turn comes when somebody else has its number.
  stage.Do("port-order submit " + CreateOrder(stage, "4717", "+14255550131"));
  stage.Do("port-order cancel " + other);
  stage.Do("port-order get " + waiting);
  stage.Refused("PORT_OUT_PIN_MALFORMED", "port-out-pin set 12");
  stage.Do("port-out-pin set 1234567890");
}

// One number goes, after the organization was asked; the others stay.
void PlayPortOuts(Stage& stage) {
  const auto ask = [&](const std::string& numbers, const std::string& pin = "") {
    const std::string asked = "carrier request-port-out 'Fourth Coffee' " + numbers +
                              (pin.empty() ? "" : " --pin " + pin);
    return stage.Do(asked);
  };
  const auto rejected = ask("+16045550120,+16045550121");
  const std::string name = ShortName(FieldOf(rejected, "name"));
  const auto no = stage.Do("port-out reject " + name + " port-out-not-authorized");
  stage.Refused("PORT_OUT_ACTION_NOT_ALLOWED", "port-out release " + name);
  stage.Do("carrier withdraw-port-out " + name + " " + FieldOf(no, "etag"));
  const std::string again = ShortName(FieldOf(ask("+16045550120"), "name"));
  const auto released = stage.Do("port-out release " + again);
  stage.Refused("NUMBER_LEAVING", "number release +16045550120");
  stage.Do("carrier complete-port-out " + again + " " + FieldOf(released, "etag"));
  stage.Refused("PORT_OUT_PIN_WRONG",
                "carrier request-port-out 'Fourth Coffee' +14255550120 --pin 123456");
  const auto known = ask("+14255550120", "1234567890");
  stage.Do("carrier withdraw-port-out " + ShortName(FieldOf(known, "name")) + " " +
           FieldOf(known, "etag"));
}

// Behind another order of the account: whether a block has answered makes no difference then.
void PlayPortProjects(Stage& stage) {
  const std::string ahead = CreateOrder(stage, "4716", "+14255550161");
  stage.Do("port-order submit " + ahead);
  const auto project = stage.Do(
      "port-project create --display-name 'Head office' --requested-date " +
      stage.WorkingDay(kDaysElsewhere) +
      " --sources '{\"losing_account\": {\"carrier\": \"Example Telecom\", \"account_number\": "
      "\"4716\","
      " \"company\": \"Contoso Ltd\", \"authorizer\": \"Ann Example\", \"street\": \"1 Main St\","
      " \"city\": \"Bellevue\", \"billing_number\": \"+14255550160\"},"
      " \"numbers\": [\"+14255550160\", \"+16045550160\"], \"extent\": \"FULL\"}'");
  const std::string name = ShortName(FieldOf(project, "name"));
  const auto orders = FieldsOf(stage.Do("port-order list --project " + name), "name");
  for (const std::string& order : orders) Sign(stage, ShortName(order));
  stage.Do("port-project submit " + name);
  stage.Do("port-project cancel " + name);
  stage.Do("port-project get " + name);
  stage.Do("port-order cancel " + ahead);
}

void PlayAddresses(Stage& stage) {
  const auto created = stage.Do(
      "address create --country US --region WA --city Seattle --company "
      "'Contoso Ltd' --house-number 1 --street 'Main St'");
  const std::string address = ShortName(FieldOf(created, "name"));
  const auto location = stage.Do("location create " + address + " 'Second floor'");
  stage.Do("location delete " + ShortName(FieldOf(location, "name")));
  stage.Do("address validate " + address);
  stage.Do("authority complete " + address + " --rejection 'There is no such street.'");
  stage.Do("address delete " + address);
  stage.Refused("ADDRESS_NOT_FOUND", "address validate " + address);
}

void PlayHolds(Stage& stage) {
  const auto place = [&] {
    return ShortName(FieldOf(stage.Do("hold place ann '5 USD' --ttl 10m"), "name"));
  };
  const std::string captured = place();
  stage.Refused("CAPTURE_BEYOND_HOLD", "hold capture " + captured + " --amount '6 USD'");
  stage.Do("hold capture " + captured + " --amount '2 USD'");
  stage.Do("hold void " + place());
  const std::string expired = place();
  stage.Advance("11m");
  stage.Refused("CREDIT_HOLD_NOT_FOUND", "hold void " + expired);
}

void PlayPayments(Stage& stage) {
  stage.Do("auto-recharge set --enabled --trigger '20 USD' --amount '50 USD'");
  const auto declined = FieldOf(stage.Do("credits fund '50 USD'"), "name");
  stage.Do("payment complete " + ShortName(declined) +
           " declined ref-2 --decline-reason 'no funds'");
  const auto expired = FieldOf(stage.Do("credits fund '50 USD'"), "name");
  stage.Do("usage skip switch-1 401 410 'The switch was restarted.'");
  stage.Refused("USAGE_SPAN_EMPTY", "usage skip switch-1 420 411 'The switch was restarted.'");
  stage.Advance("60d");
  stage.Refused("PAYMENT_EXPIRED", "payment complete " + ShortName(expired) + " accepted ref-3");
  stage.Advance("400d");
}

void PlayTrunks(Stage& stage) {
  const auto trunks = FieldsOf(stage.Do("trunk list"), "name");
  stage.Expect(trunks.size() == 2, "two trunks");
  if (!stage.ok()) return;
  stage.Do("trunk update " + ShortName(trunks[0]) + " --uri sip:sbc3.contoso.example --drained");
  stage.Do("trunk delete " + ShortName(trunks[0]));
  stage.Refused("LAST_TRUNK_STAYS", "trunk delete " + ShortName(trunks[1]));
}

void PlayAll(Stage& stage, Story& story) {
  using namespace clients::demo;
  PlayCountries(stage);
  PlayLicences(stage);
  PlayNumbers(stage, story);
  PlayFirstPort(stage);
  PlayServiceNumbers(stage);
  PlayOffice(stage, story);
  PlayCredits(stage, story);
  PlayRouting(stage, story);
  PlayOrganizations(stage);
  PlayLicenses(stage);
  PlayInventory(stage, story);
  PlayLivesOfNumbers(stage, story);
  PlayPortOrders(stage);
  PlayPortOuts(stage);
  PlayPortProjects(stage);
  PlayShortage(stage);
  PlayAddresses(stage);
  PlayHolds(stage);
  PlayPayments(stage);
  PlayTrunks(stage);
  PlayProof(stage);
}

}  // namespace

std::string PlayScript(const Performance& performance) {
  std::ostringstream told;
  Stage stage(told, clients::demo::Paint::kNever);
  stage.Connect(performance.server);
  stage.SetOrganization("contoso");
  GoTo(stage, performance.begin);
  Story story;
  story.data = performance.data;
  PlayAll(stage, story);
  return stage.ok() ? "" : told.str();
}

}  // namespace dialtone::testing
