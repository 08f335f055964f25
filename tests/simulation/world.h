// A whole world from one seed: nodes, a ledger that goes wrong, clocks, clients, and the judge.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "controlplane/engine/ledger/memory_ledger.h"
#include "tests/simulation/audit.h"
#include "tests/simulation/chance.h"
#include "tests/simulation/clients.h"
#include "tests/simulation/machine_room.h"
#include "tests/simulation/story.h"

namespace dialtone::simulation {

struct Result {
  std::string violation;  // empty: none
  std::uint64_t steps = 0;
  std::uint64_t entries = 0;
  std::uint64_t claims = 0;
  std::uint64_t voids = 0;
  std::uint64_t crashes = 0;
  Clients::Told told;
  std::vector<std::string> story;
};

class World {
 public:
  // `policy` outlives the world.
  World(std::uint64_t seed, std::size_t story_lines, const policy::Policy& policy);

  Result Run();

 private:
  static constexpr std::uint32_t kNodes = 3;

  void Step();
  void Interlude();
  void TurnSomebody();
  void ClientSends();
  void TimePasses();
  void ChangeAssignment();
  void StrangerWrites();
  void BrokersComeAndGo();
  void StartSomebody();
  void ClockJumps();
  MachineRoom& Somebody() { return *rooms_[chance_.Below(kNodes)]; }

  void Heal();
  void AskAgain();
  void TurnAll();
  bool IsQuiet() const;
  void CheckEnd();
  std::string Roles() const;

  Chance chance_;
  Story story_;
  Complaints complaints_;
  std::uint32_t partition_count_;
  std::size_t requests_max_;
  std::uint64_t unrest_percent_;  // how often nodes end, owners change, clocks jump
  Timestamp now_;
  engine::MemoryLedgerStore ledger_;
  std::unique_ptr<engine::LedgerStore> audit_ledger_;
  std::unique_ptr<engine::LedgerStore> stranger_;
  Audit audit_;
  Clients clients_;
  std::vector<std::unique_ptr<MachineRoom>> rooms_;
  int interludes_ = 0;
  std::uint64_t steps_ = 0;
};

}  // namespace dialtone::simulation
