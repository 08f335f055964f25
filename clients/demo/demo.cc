#include "clients/demo/demo.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <utility>

#include "clients/demo/scenes.h"
#include "clients/demo/server_process.h"

namespace dialtone::clients::demo {

namespace {

// A folder that goes when the demo does, unless it was named.
class DataFolder {
 public:
  explicit DataFolder(const std::string& named) : path_(named), is_temporary_(named.empty()) {
    if (!is_temporary_) {
      std::filesystem::create_directories(path_);
      return;
    }
    std::string pattern =
        (std::filesystem::temp_directory_path() / "dialtone-demo-XXXXXX").string();
    if (mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ~DataFolder() {
    std::error_code ignored;
    if (is_temporary_ && !path_.empty() && !is_kept_) std::filesystem::remove_all(path_, ignored);
  }
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  void Keep() { is_kept_ = true; }

 private:
  std::filesystem::path path_;
  const bool is_temporary_;
  bool is_kept_ = false;
};

void PlaySteps(Stage& stage, Story& story) {
  PlayCountries(stage);
  PlayLicences(stage);
  PlayNumbers(stage, story);
  PlayPorting(stage, story);
  PlayServiceNumbers(stage);
  PlayEmergency(stage, story);
  PlayLaterSteps(stage);
  PlayCredits(stage, story);
  PlayRouting(stage, story);
  PlayProof(stage);
}

// What there is to read, as far as the server offers it.
std::string Read(Stage& stage) {
  std::string all;
  for (const auto& [method, line] :
       {std::pair("OrganizationService.ListOrganizations", "organization list"),
        std::pair("OrganizationService.ListUsers", "user list"),
        std::pair("LicensingService.ListLicensePools", "license-pool list"),
        std::pair("InventoryService.ListNumbers", "number list"),
        std::pair("BillingService.GetCreditAccount", "credits balance"),
        std::pair("CatalogService.ListLimits", "limit list")}) {
    if (!stage.Offers(method)) continue;
    for (const auto& reply : stage.Do(line, Shown::kNothing).replies) all += cli::JsonOf(*reply);
  }
  return all;
}

// The last word: a new process folds the same ledger to the same answers.
std::unique_ptr<ServerProcess> Restart(Stage& stage, std::unique_ptr<ServerProcess> server,
                                       const DataFolder& data) {
  if (!stage.ok()) return server;
  stage.Say("The server is stopped by SIGTERM, and started again on the same ledger.");
  const std::string before = Read(stage);
  stage.Expect(server->Stop() == 0, "it answered what it had taken in, and ended with 0");
  auto again = ServerProcess::Start(data.path());
  stage.Expect(again.has_value(), again ? "it is back" : again.error());
  if (!again) return nullptr;
  stage.Connect((*again)->address());
  stage.Expect(Read(stage) == before, "and answers as before, to the last byte");
  return std::move(*again);
}

int Played(Stage& stage, DataFolder& data, std::chrono::steady_clock::time_point began) {
  using std::chrono::duration_cast;
  const auto took = std::chrono::steady_clock::now() - began;
  const auto seconds = duration_cast<std::chrono::milliseconds>(took).count() / 1000.0;
  if (!stage.ok()) {
    data.Keep();
    std::cout << "\nThe demo ended early. The server's log is in " << data.path().string()
              << "/dialtoned.log\n";
    return 1;
  }
  std::cout
      << "\nDone: " << stage.steps_played() << " steps in " << seconds
      << " s, every answer from the real server. Start your own: dialtoned &  dialtone help\n";
  return 0;
}

int Play(DataFolder& data) {
  const auto began = std::chrono::steady_clock::now();
  auto server = ServerProcess::Start(data.path());
  if (!server) {
    data.Keep();
    std::cerr << "dialtone demo: " << server.error() << '\n';
    return 1;
  }
  const bool is_painted = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  Stage stage(std::cout, is_painted ? Paint::kAnsi : Paint::kNever);
  std::cout
      << "A dialtoned of its own listens on " << (*server)->address()
      << ", with a clock that can be moved. Everything below is a command that you could\n"
         "give it, and its real answer. With DIALTONE_ORG=contoso short names are Contoso's.\n";
  stage.Connect((*server)->address());
  stage.SetOrganization("contoso");
  Story story;
  story.data = data.path();
  PlaySteps(stage, story);
  auto last = Restart(stage, std::move(*server), data);
  if (last != nullptr) stage.Expect(last->Stop() == 0, "the server ended with 0");
  return Played(stage, data, began);
}

}  // namespace

int Main(const std::vector<std::string>& words) {
  const bool has_data = words.size() == 3 && words[1] == "--data";
  if (words.size() != 1 && !has_data) {
    std::cerr << "usage: dialtone demo [--data DIR]\n";
    return 2;
  }
  DataFolder data(has_data ? words[2] : "");
  if (data.path().empty()) {
    std::cerr << "dialtone demo: no folder can be made for its data; name one with --data\n";
    return 1;
  }
  return Play(data);
}

}  // namespace dialtone::clients::demo
