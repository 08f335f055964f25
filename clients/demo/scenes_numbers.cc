// Numbers from stock and from other carriers: steps 3, 3b and 4.
#include <absl/strings/str_cat.h>

#include <iterator>

#include "clients/cli/arguments.h"
#include "clients/cli/names.h"
#include "clients/demo/scenes.h"

namespace dialtone::clients::demo {

namespace {

struct Range {
  const char* country;
  const char* area_code;
  const char* type;
};
// What is loaded: numbers that are set aside for drama and documentation, so that nobody is rung
// up. A block is of one kind, so each area code here has one.
constexpr Range kLoaded[] = {{"US", "206", "subscriber"},
                             {"US", "212", "subscriber"},
                             {"US", "253", "toll"},
                             {"US", "888", "toll-free"},
                             {"GB", "20", "subscriber"}};

std::string TypeOf(const std::string& number_class) {
  if (number_class.find("FREE") != std::string::npos) return "toll-free";
  return number_class.find("TOLL") != std::string::npos ? "toll" : "subscriber";
}

// The command that loads the range in the i-th line of a list.
std::string LoadCommand(const cli::Ran& ranges, std::size_t i) {
  const auto field = [&](const char* name) { return FieldsOf(ranges, name)[i]; };
  const std::vector<std::string> words = {"number",
                                          "load",
                                          "+" + field("first"),
                                          "+" + field("last"),
                                          TypeOf(field("number_class")),
                                          "--country",
                                          field("iso"),
                                          "--region",
                                          field("region"),
                                          "--city",
                                          field("city"),
                                          "--area-code",
                                          field("area_code")};
  return cli::JoinLine(words);
}

void LoadStock(Stage& stage) {
  stage.Say("The operator loads stock: numbers of films and manuals, which ring nowhere.");
  std::size_t loaded = 0;
  for (const Range& wanted : kLoaded) {
    const auto ranges =
        stage.Do(absl::StrCat("number-range list ", wanted.country), Shown::kNothing);
    const auto area_codes = FieldsOf(ranges, "area_code");
    const auto classes = FieldsOf(ranges, "number_class");
    for (std::size_t i = 0; i < area_codes.size(); ++i) {
      if (area_codes[i] != wanted.area_code || TypeOf(classes[i]) != wanted.type) continue;
      stage.Do(LoadCommand(ranges, i), loaded++ == 0 ? Shown::kAll : Shown::kCommand);
    }
  }
  stage.Expect(loaded == std::size(kLoaded), absl::StrCat(loaded, " ranges are in stock"));
}

void RefuseBeyondQuota(Stage& stage) {
  stage.Say("Three users with a calling plan: (3 × 11) div 10 + 10 = 13 numbers, and no more.");
  if (stage.Offers("InventoryService.ExplainQuota")) stage.Do("quota explain subscriber");
  stage.Refused("QUOTA_EXCEEDED",
                "number reserve subscriber --country US --area-code 206 --quantity 14");
  stage.Say("Every command can be tried first; the rules tell what they looked at.");
  stage.Do("number reserve subscriber --country US --area-code 206 --quantity 5 --dry-run");
}

}  // namespace

void PlayNumbers(Stage& stage, Story& story) {
  if (!stage.Step("3", "Numbers for users",
                  {"StockService.LoadNumbers", "InventoryService.SearchNumbers",
                   "CatalogService.ListNumberRanges"}))
    return;
  LoadStock(stage);
  stage.Do("number search subscriber --country US --area-code 206 --quantity 5");
  RefuseBeyondQuota(stage);
  const auto reserved =
      stage.Do("number reserve subscriber --country US --area-code 206 --quantity 5");
  stage.Do("number acquire " + cli::ShortName(FieldOf(reserved, "name")));
  const auto late = stage.Do("number reserve subscriber --country US --area-code 212 --quantity 2");
  stage.Say("A reservation lasts ten minutes. The clock is simulated: eleven pass at once.");
  stage.Advance("11m");
  stage.Refused("RESERVATION_NOT_FOUND", "number acquire " + cli::ShortName(FieldOf(late, "name")));
  story.numbers = FieldsOf(stage.Do("number list"), "e164");
  stage.Expect(story.numbers.size() == 5, "five numbers are Contoso's");
  if (!stage.ok()) return;
  stage.Say("Dev has no licence for a number.");
  stage.Refused("USER_WITHOUT_LICENSE", "number assign " + story.numbers.front() + " dev");
}

void PlayPorting(Stage& stage, Story& story) {
  if (!stage.Step("3b", "Bring numbers from another carrier",
                  {"PortingService.SubmitPortOrder", "CarrierService.WatchOrders"}))
    return;
  const std::string day = stage.WorkingDay(12);
  const std::string order_flags =
      " US subscriber --extent partial --numbers @" + DataFile("port_order.csv") +
      " --requested-date " + day +
      " --carrier 'Example Telecom' --account-number 4711 --company 'Contoso Ltd'"
      " --authorizer 'Ann Example' --street '1 Main St' --city Bellevue --region WA"
      " --postal-code 98004 --billing-number +14255550150";
  stage.Do("portability check @" + DataFile("port_order.csv"));
  const auto order = stage.Do("port-order create" + order_flags);
  const std::string name = cli::ShortName(FieldOf(order, "name"));
  stage.Say("Without the letter of authorization nothing is sent.");
  stage.Refused("LETTER_MISSING", "port-order submit " + name);
  const std::string letter =
      " https://files.contoso.example/loa.pdf "
      "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 'Ann Example'";
  stage.Do("port-order attach-loa " + name + letter);
  stage.Do("port-order submit " + name);
  stage.Say("One open order for a losing account: a second one waits.");
  const auto second = stage.Do(
      "port-order create US subscriber --extent partial --numbers +14255550110 --requested-date " +
          day +
          " --carrier 'Example Telecom' --account-number 47-11 --company 'Contoso Ltd'"
          " --authorizer 'Ann Example' --street '1 Main St' --city Bellevue --region WA"
          " --postal-code 98004 --billing-number +14255550150",
      Shown::kCommand);
  const std::string second_name = cli::ShortName(FieldOf(second, "name"));
  stage.Do("port-order attach-loa " + second_name + letter, Shown::kCommand);
  const auto waiting = stage.Do("port-order submit " + second_name);
  stage.Expect(FieldOf(waiting, "state") == "QUEUED", "the second order waits in line");

  stage.Say("The carrier accepts, and the losing carrier agrees to the day: it is firm.");
  const auto firm = stage.Do("wait port-order " + name + " --for state=TRANSFER_APPROVED");
  stage.Expect(FieldOf(firm, "transfer_time").rfind(day, 0) == 0, "the numbers move on " + day);
  stage.Say("The day comes; the carrier reports number by number.");
  stage.Advance("20d");
  stage.Do("wait port-order " + name + " --for state=COMPLETED", Shown::kCommand);
  stage.Do("port-transition list " + name);
  stage.Do("number list --prefix 1425");
}

void PlayServiceNumbers(Stage& stage) {
  if (!stage.Step("4", "Service numbers", {"InventoryService.ReserveNumbers"})) return;
  const auto reserved = stage.Do("number reserve toll --country US --area-code 253 --quantity 1");
  const auto acquired = stage.Do("number acquire " + cli::ShortName(FieldOf(reserved, "name")));
  if (!stage.ok()) return;
  stage.Refused("NUMBER_NOT_FOR_USERS",
                "number assign " + FieldsOf(acquired, "e164").front() + " ann");
  stage.Say("Whoever calls a toll-free number costs money, so there must be some.");
  stage.Refused("TOLL_FREE_NEEDS_CREDITS",
                "number reserve toll-free --country US --area-code 888 --quantity 1");
}

}  // namespace dialtone::clients::demo
