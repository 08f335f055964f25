// Where calls go, and what all of it rests on.
#include <absl/strings/match.h>

#include <algorithm>

#include "clients/cli/names.h"
#include "clients/demo/scenes.h"

namespace dialtone::clients::demo {

void PlayRouting(Stage& stage, const Story& story) {
  if (!stage.Step("11", "Where does a call go?",
                  {"RoutingService.CreateTrunk", "RoutingService.ResolveNumber"}))
    return;
  const std::string number = story.numbers.empty() ? "" : story.numbers.front();
  stage.Do("trunk create --uri sip:sbc1.contoso.example --priority 1 --weight 70");
  stage.Do("trunk create --uri sip:sbc2.contoso.example --priority 2", Shown::kCommand);
  stage.Do("number resolve " + number);
  stage.Refused("RESOURCE_NOT_FOUND", "number resolve +12125550100");
}

void PlayProof(Stage& stage) {
  if (!stage.Step("12", "All of it is a fold of the ledger", {"AdminService.RebuildProjection"}))
    return;
  stage.Do("cluster status");
  const auto before = stage.Do("projection list");
  for (const std::string& name : FieldsOf(before, "name"))
    stage.Do("projection rebuild " + name, Shown::kCommand);
  // Each answer is one look: the rebuild is over in moments, and its end is what is waited for.
  bool is_done = false;
  while (stage.ok() && !is_done) {
    const auto now = stage.Do("projection list", Shown::kNothing);
    const auto rebuilding = FieldsOf(now, "rebuilding");
    is_done = std::count(rebuilding.begin(), rebuilding.end(), "yes") == 0;
  }
  stage.Expect(is_done, "every read model was thrown away, and built again from the first entry");
  if (stage.Offers("OrganizationService.ListUsers")) stage.Do("user list");
  if (stage.Offers("AuditService.VerifyLedger")) stage.Do("ledger verify");
}

std::string DataFile(const std::string& name) { return std::string(DIALTONE_DEMO_DATA "/") + name; }

}  // namespace dialtone::clients::demo
