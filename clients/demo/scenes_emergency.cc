// Where help is sent: step 5; and what later releases bring: steps 6 to 9.
#include "clients/cli/names.h"
#include "clients/demo/scenes.h"

namespace dialtone::clients::demo {

void PlayEmergency(Stage& stage, Story& story) {
  if (!stage.Step("5", "Emergency addresses",
                  {"EmergencyService.AssignEmergencyAddress",
                   "AddressAuthorityService.WatchValidations", "InventoryService.ListNumbers"}))
    return;
  const auto created = stage.Do(
      "address create --country US --region WA --city Seattle --company 'Contoso Ltd'"
      " --house-number 400 --street 'Broad St' --postal-code 98109");
  const std::string address = cli::ShortName(FieldOf(created, "name"));
  const std::string number = story.numbers.empty() ? "" : story.numbers.front();
  story.location = address + "/locations/default";
  const std::string assign = "emergency assign " + number + " " + story.location + " --user ann";
  stage.Refused("ADDRESS_NOT_VALIDATED", assign);
  stage.Do("address validate " + address);
  stage.Say("The address authority answers: it knows the street by another name.");
  const auto corrected = stage.Do("wait address " + address + " --for state=CORRECTION_OFFERED");
  stage.Expect(FieldOf(corrected, "correction.street") == "Broad Street",
               "help would look for Broad Street");
  stage.Do("address accept-correction " + address);
  stage.Say("In the United States one must know what such calls cannot do.");
  stage.Refused("DISCLAIMER_NOT_ACCEPTED", assign);
  stage.Do("emergency accept-disclaimer US");
  stage.Say("One step: Ann has the number, and help knows where she is.");
  const auto given = stage.Do(assign);
  stage.Expect(cli::ShortName(FieldOf(given, "assignee")) == "users/ann", "Ann has a number");
  stage.Say("Somebody calls 911. Nothing can refuse that; this is where help is sent:");
  stage.Do("emergency locate " + number);
  stage.Say("What would go with Ann's plan? It is in the way; a dry run shows the chain.");
  stage.Refused("NUMBER_NEEDS_LICENSE", "license unassign ann MCOPSTN1");
  stage.Do("license unassign ann MCOPSTN1 --cascade --dry-run");
}

void PlayLaterSteps(Stage& stage) {
  stage.Step("6", "Audio conferencing", {"ConferencingService.GetBridge"});
  stage.Step("7", "Call queues", {"RoutingService.CreateCallQueue"});
  stage.Step("8", "Auto attendants", {"RoutingService.CreateAutoAttendant"});
  stage.Step("9", "Service numbers to bridge, queue, attendant",
             {"RoutingService.AssignServiceNumber"});
}

}  // namespace dialtone::clients::demo
