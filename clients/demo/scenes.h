// The steps of the demo, each played as far as the server offers it.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "clients/demo/stage.h"

namespace dialtone::clients::demo {

// What later steps need of earlier ones.
struct Story {
  std::filesystem::path data;        // of the server; files of the demo go there too
  std::vector<std::string> numbers;  // acquired for users, in E.164
  std::string location;              // where help is sent
};

void PlayCountries(Stage& stage);
void PlayLicences(Stage& stage);
void PlayNumbers(Stage& stage, Story& story);
void PlayPorting(Stage& stage, Story& story);
void PlayServiceNumbers(Stage& stage);
void PlayEmergency(Stage& stage, Story& story);
// Conferencing, queues, attendants, and what answers there.
void PlayLaterSteps(Stage& stage);
void PlayCredits(Stage& stage, Story& story);
void PlayRouting(Stage& stage, const Story& story);
// Everything that can be read is a fold of the ledger: read models are thrown away and built again.
void PlayProof(Stage& stage);

// A file that comes with the demo.
std::string DataFile(const std::string& name);

}  // namespace dialtone::clients::demo
