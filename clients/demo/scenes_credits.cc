// Prepaid credits and a month of calls: step 10.
#include "clients/cli/names.h"
#include "clients/demo/calls.h"
#include "clients/demo/scenes.h"

namespace dialtone::clients::demo {

namespace {

void Fund(Stage& stage) {
  stage.Refused("FUNDING_BELOW_MINIMUM", "credits fund '40 USD'");
  stage.Do("credits fund '50 USD' --purchase-order PO-2018-17");
  stage.Say("The payment provider's side: it watches, and accepts.");
  const auto watched = stage.Do("payment watch --limit 1");
  stage.Do("payment complete " + FieldOf(watched, "payment.name") + " accepted pay-0001");
  stage.Do("credits balance");
  if (!stage.Offers("InventoryService.ReserveNumbers")) return;
  stage.Say("Now there is money for those who call a toll-free number.");
  const auto reserved =
      stage.Do("number reserve toll-free --country US --area-code 888 --quantity 1");
  stage.Do("number acquire " + cli::ShortName(FieldOf(reserved, "name")));
}

void Consume(Stage& stage) {
  stage.Say("Credits are for users with the licence; it costs nothing.");
  stage.Refused("USER_WITHOUT_CREDITS_LICENSE", "credits consume ann --amount '1.25 USD'");
  stage.Do("license assign ann,bob,cho MCOPSTNPP");
  stage.Do("credits consume ann --amount '1.25 USD' --reference ring-back-tones");
}

void RecordMonth(Stage& stage, const Story& story) {
  stage.Say("A month goes by. The switch reports its calls, from a file; each counts once.");
  stage.Advance("31d");
  const auto file = story.data / "usage.csv";
  WriteCalls({stage.server_time(), {"ann", "bob", "cho"}}, file);
  stage.Do("usage-source register switch-1 --display-name 'Seattle switch'", Shown::kCommand);
  const std::string record = "usage record switch-1 --file " + file.string();
  const auto recorded = stage.Do(record);
  const auto again = stage.Do(record);
  stage.Expect(FieldOf(recorded, "refused") == "0" && FieldOf(recorded, "recorded") == "400",
               "all of them are rated");
  stage.Expect(FieldOf(again, "recorded") == "0", "sent twice, counted once");
  stage.Do("minute-pool list");
  stage.Do("usage list");
}

}  // namespace

void PlayCredits(Stage& stage, Story& story) {
  if (!stage.Step("10", "Communications Credits",
                  {"BillingService.FundCredits", "PaymentService.WatchPayments"}))
    return;
  Fund(stage);
  Consume(stage);
  RecordMonth(stage, story);
  stage.Do("credits statement");
  stage.Do("credits balance");
  stage.Say("What is not there cannot be spent.");
  stage.Refused("CREDITS_INSUFFICIENT", "credits consume bob --amount '500 USD'");
  stage.Do("trial-balance get");
}

}  // namespace dialtone::clients::demo
