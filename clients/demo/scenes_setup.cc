// Countries, people and licences: steps 1 and 2.
#include "clients/demo/scenes.h"

namespace dialtone::clients::demo {

void PlayCountries(Stage& stage) {
  if (!stage.Step("1", "Is it available in my country?", {"CatalogService.GetCountry"})) return;
  stage.Say("France has everything, Brunei has no calling plans.");
  stage.Do("country get FR");
  stage.Do("country get BN");
  stage.Say("Availability has a date: Bahrain sold service numbers in 2018, and no more in 2020.");
  stage.Do("country get BH --date 2018-10-02");
  stage.Do("country get BH --date 2020-09-01");
  stage.Say("Where nothing is sold, the answer says so.");
  stage.Refused("COUNTRY_UNKNOWN", "country get AQ");
}

void PlayLicences(Stage& stage) {
  if (!stage.Step("2", "Buy and assign licences",
                  {"OrganizationService.CreateOrganization", "LicensingService.BuyLicenses"}))
    return;
  stage.Do("organization create contoso --display-name 'Contoso Ltd' --country US");
  stage.Do(
      "user create ann --display-name 'Ann Example' --email ann@contoso.example "
      "--usage-location US");
  stage.Do("user batch-create --users @" + DataFile("users.csv"));
  stage.Say("A calling plan needs Phone System, and Phone System a base plan.");
  stage.Refused("PREREQUISITE_NOT_BOUGHT", "license buy MCOPSTN1 5");
  stage.Do("license buy ENTERPRISEPACK 10");
  stage.Do("license buy MCOEV 5");
  stage.Do("license buy MCOPSTN1 4");
  stage.Say("What cannot be assigned is refused for each user, with what is missing.");
  stage.Refused("PREREQUISITE_NOT_ASSIGNED", "license assign ann MCOPSTN1");
  stage.Do("license assign ann,bob,cho ENTERPRISEPACK,MCOEV,MCOPSTN1");
  stage.Say("Eva is in Brunei, where there are no calling plans: the user's place decides.");
  stage.Refused("SKU_NOT_IN_COUNTRY", "license assign eva ENTERPRISEPACK,MCOEV,MCOPSTN1");
  stage.Do("license-pool list");
}

}  // namespace dialtone::clients::demo
