#include "tests/simulation/mutants.h"

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <iostream>
#include <string>

#include "controlplane/kernel/mutation.h"

namespace dialtone {

Mutation mutation_in_force = Mutation::kNone;

namespace simulation {

namespace {

struct Named {
  std::string_view name;
  Mutation mutation;
};
constexpr std::array kMutants = {
    Named{"ack_on_brokers_answer", Mutation::kAckOnBrokersAnswer},
    Named{"index_unchecked", Mutation::kIndexUnchecked},
    Named{"term_at_least", Mutation::kTermAtLeast},
    Named{"serve_before_barrier", Mutation::kServeBeforeBarrier},
    Named{"gap_ignored", Mutation::kGapIgnored},
    Named{"small_offset_trusted", Mutation::kSmallOffsetTrusted},
    Named{"rows_at_validity", Mutation::kRowsAtValidity},
    Named{"inbox_outside_fold", Mutation::kInboxOutsideFold},
    Named{"floor_not_raised", Mutation::kFloorNotRaised},
    Named{"window_slides", Mutation::kWindowSlides},
    Named{"time_by_wall_clock", Mutation::kTimeByWallClock},
    Named{"repeat_from_speculation", Mutation::kRepeatFromSpeculation},
};

constexpr int kFound = 10;
constexpr int kNotFound = 11;
constexpr std::size_t kViolationLength = 160;
constexpr unsigned int kSecondsMax = 120;  // a mutant that never ends a seed

// Shared with the child that runs a mutant, which may end at any place.
std::atomic<std::uint64_t>& SeedInHand() {
  static auto* const shared =
      new (mmap(nullptr, sizeof(std::atomic<std::uint64_t>), PROT_READ | PROT_WRITE,
                MAP_SHARED | MAP_ANONYMOUS, -1, 0)) std::atomic<std::uint64_t>(0);
  return *shared;
}

[[noreturn]] void RunMutant(Mutation mutation, const SeedRange& seeds, const FindViolation& find) {
  mutation_in_force = mutation;
  alarm(kSecondsMax);
  if (std::freopen("/dev/null", "w", stderr) == nullptr) _exit(kNotFound);
  for (std::uint64_t seed = seeds.from; seed < seeds.from + seeds.count; ++seed) {
    NoteSeed(seed);
    const std::string violation = find(seed);
    if (violation.empty()) continue;
    std::cout << "  " << violation.substr(0, kViolationLength) << std::endl;
    _exit(kFound);
  }
  _exit(kNotFound);
}

int Find(const Named& mutant, const SeedRange& seeds, const FindViolation& find) {
  SeedInHand() = 0;
  std::cout << mutant.name << ":" << std::endl;
  const pid_t child = fork();
  if (child == 0) RunMutant(mutant.mutation, seeds, find);
  int status = 0;
  waitpid(child, &status, 0);
  std::string end = "NOT FOUND within " + std::to_string(seeds.count) + " seeds";
  const bool by_invariant = WIFEXITED(status) && WEXITSTATUS(status) == kFound;
  const bool by_check = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  if (by_invariant) end = "found by an invariant, seed " + std::to_string(SeedInHand());
  if (by_check) end = "found by a check of the engine, seed " + std::to_string(SeedInHand());
  if (WIFSIGNALED(status) && !by_check)
    end = "NOT FOUND: it ends by signal " + std::to_string(WTERMSIG(status)) + " at seed " +
          std::to_string(SeedInHand());
  std::cout << "  " << end << std::endl;
  return by_invariant || by_check ? 0 : 1;
}

}  // namespace

int FindAllMutants(const SeedRange& seeds, const FindViolation& find) {
  int missed = 0;
  for (const Named& mutant : kMutants) missed += Find(mutant, seeds, find);
  std::cout << kMutants.size() << " mutants, " << missed << " not found" << std::endl;
  return missed == 0 ? 0 : 1;
}

int FindMutant(std::string_view name, const SeedRange& seeds, const FindViolation& find) {
  for (const Named& mutant : kMutants) {
    if (mutant.name == name) return Find(mutant, seeds, find);
  }
  std::cerr << "no such mutant: " << name << "\n";
  return 2;
}

void NoteSeed(std::uint64_t seed) { SeedInHand() = seed; }

void NameSeedOnAbort() {
  SeedInHand() = 0;
  std::signal(SIGABRT, [](int) {
    const std::string line = "seed " + std::to_string(SeedInHand()) + " broke a check\n";
    if (write(STDERR_FILENO, line.data(), line.size()) < 0) _exit(3);
    std::signal(SIGABRT, SIG_DFL);
  });
}

}  // namespace simulation
}  // namespace dialtone
