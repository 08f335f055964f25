#include "clients/demo/demo.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <map>

#include "clients/demo/gateways.h"
#include "clients/demo/nodes.h"
#include "clients/demo/scenes.h"

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

// On Kafka each step is played through the other node, whoever owns what it is about; in the middle
// one of them dies.
class Relay {
 public:
  Relay(Stage& stage, Nodes& nodes) : stage_(stage), nodes_(nodes) {}

  void HandOver() {
    if (!nodes_.is_on_kafka() || !stage_.ok()) return;
    at_ = 1 - at_;
    stage_.MoveTo(nodes_.address(at_), nodes_.Others(at_));
  }
  // The owner of the partition that has the most entries: Contoso's.
  void Kill() {
    if (!nodes_.is_on_kafka() || !stage_.ok()) return;
    const auto status = stage_.Do("cluster status");
    const auto owners = FieldsOf(status, "owner");
    const auto positions = FieldsOf(status, "position");
    std::size_t busiest = 0;
    for (std::size_t i = 0; i < positions.size(); ++i) {
      if (std::stoull(positions[i]) > std::stoull(positions[busiest])) busiest = i;
    }
    stage_.Say("The node that decides for Contoso is killed: SIGKILL. The other goes on.");
    nodes_.Kill(owners.at(busiest));
    at_ = 1 - nodes_.killed();
    stage_.MoveTo(nodes_.address(at_), nodes_.Others(at_));
  }

 private:
  Stage& stage_;
  Nodes& nodes_;
  std::size_t at_ = 0;
};

void PlaySteps(Stage& stage, Story& story, Relay relay) {
  PlayCountries(stage);
  relay.HandOver();
  PlayLicences(stage);
  relay.HandOver();
  PlayNumbers(stage, story);
  relay.HandOver();
  PlayPorting(stage, story);
  relay.Kill();
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
void Restart(Stage& stage, Nodes& nodes) {
  if (!stage.ok()) return;
  const std::string before = Read(stage);
  if (nodes.is_on_kafka()) {
    stage.Say("The node that was killed is started again.");
  } else {
    stage.Say("The server is stopped by SIGTERM, and started again on the same ledger.");
    stage.Expect(nodes.Stop(), "it answered what it had taken in, and ended with 0");
  }
  const auto started = nodes.Start();
  stage.Expect(started.has_value(), started ? "it is back" : started.error());
  if (!started) return;
  if (nodes.is_on_kafka()) {
    stage.MoveTo(nodes.address(nodes.killed()), nodes.Others(nodes.killed()));
  } else {
    stage.Connect(nodes.address(0));
  }
  stage.Expect(Read(stage) == before, "and answers as before, to the last byte");
}

int Played(Stage& stage, DataFolder& data, std::chrono::steady_clock::time_point began) {
  using std::chrono::duration_cast;
  const auto took = std::chrono::steady_clock::now() - began;
  const auto seconds = duration_cast<std::chrono::milliseconds>(took).count() / 1000.0;
  if (!stage.ok()) {
    data.Keep();
    std::cout
        << "\nThe demo ended early. What the server says is in dialtoned.log, and what it was "
           "answered\nin dialtone-*.log, below "
        << data.path().string() << '\n';
    return 1;
  }
  std::cout
      << "\nDone: " << stage.steps_played() << " steps in " << seconds
      << " s, every answer from the real server. Start your own: dialtoned &  dialtone help\n";
  return 0;
}

void Introduce(const Nodes& nodes) {
  if (nodes.is_on_kafka()) {
    std::cout << "Two nodes of one ledger on Kafka listen on " << nodes.address(0) << " and "
              << nodes.address(1)
              << ",\nthe steps take turns between them, and one of them dies in the middle. Their "
                 "clocks can be moved.\n";
  } else {
    std::cout << "A dialtoned of its own listens on " << nodes.address(0)
              << ", with a clock that can be moved.\n";
  }
  std::cout << "A carrier and an address authority, played by programs of their own, answer what "
               "it asks.\n";
  std::cout << "Everything below is a command that you could give it, and its real answer. With "
            << "DIALTONE_ORG=contoso\nshort names are Contoso's.\n";
}

int NotStarted(DataFolder& data, const std::string& why) {
  data.Keep();
  std::cerr << "dialtone demo: " << why << '\n';
  return 1;
}

int Play(DataFolder& data, const std::string& brokers) {
  const auto began = std::chrono::steady_clock::now();
  Nodes nodes(data.path(), brokers);
  if (const auto started = nodes.Start(); !started) return NotStarted(data, started.error());
  auto gateways = Gateways::Start(nodes.Addresses(), data.path());
  if (!gateways) return NotStarted(data, gateways.error());
  const bool is_painted = isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr;
  Stage stage(std::cout, is_painted ? Paint::kAnsi : Paint::kNever);
  Introduce(nodes);
  stage.Connect(nodes.address(0), nodes.Others(0));
  stage.SetOrganization("contoso");
  Story story;
  story.data = data.path();
  PlaySteps(stage, story, Relay(stage, nodes));
  stage.Expect(gateways->Stop(), "the carrier and the address authority ended with 0");
  Restart(stage, nodes);
  stage.Expect(nodes.Stop(),
               nodes.is_on_kafka() ? "the nodes ended with 0" : "the server ended with 0");
  return Played(stage, data, began);
}

}  // namespace

int Main(const std::vector<std::string>& words) {
  std::map<std::string, std::string> flags = {{"--data", ""}, {"--kafka", ""}};
  for (std::size_t i = 1; i < words.size(); i += 2) {
    if (i + 1 == words.size() || !flags.contains(words[i])) {
      std::cerr << "usage: dialtone demo [--data DIR] [--kafka HOST:PORT,...]\n";
      return 2;
    }
    flags[words[i]] = words[i + 1];
  }
  DataFolder data(flags["--data"]);
  if (data.path().empty()) {
    std::cerr << "dialtone demo: no folder can be made for its data; name one with --data\n";
    return 1;
  }
  return Play(data, flags["--kafka"]);
}

}  // namespace dialtone::clients::demo
