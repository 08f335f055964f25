// simulation [--seeds N] [--from S] [--mutant NAME | --mutants]: worlds from seeds, each run to its
// end and judged; with a mutant, it succeeds when the fault is found.
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

#include "controlplane/policy/loader.h"
#include "tests/simulation/mutants.h"
#include "tests/simulation/world.h"

namespace dialtone::simulation {
namespace {

constexpr std::size_t kStoryLines = 60;

struct Arguments {
  std::uint64_t seeds = 1'000;
  std::uint64_t from = 1;
  std::string mutant;
  bool all_mutants = false;
};

Arguments Parse(int count, char** values) {
  Arguments arguments;
  for (int at = 1; at < count; ++at) {
    const std::string_view name = values[at];
    if (name == "--mutants") {
      arguments.all_mutants = true;
    } else if (at + 1 == count) {
      std::cerr << "unknown, or without a value: " << name << "\n";
      std::exit(2);
    } else if (name == "--seeds") {
      arguments.seeds = std::stoull(values[++at]);
    } else if (name == "--from") {
      arguments.from = std::stoull(values[++at]);
    } else if (name == "--mutant") {
      arguments.mutant = values[++at];
    } else {
      std::cerr << "unknown: " << name << "\n";
      std::exit(2);
    }
  }
  return arguments;
}

// The world once more, with its story.
void Tell(std::uint64_t seed) {
  const Result result = World(seed, kStoryLines, *policy::BuiltIn()).Run();
  for (const std::string& line : result.story) std::cout << "  " << line << "\n";
  std::cout << "seed " << seed << ": " << result.violation << std::endl;
}

int RunSeeds(const Arguments& arguments) {
  std::uint64_t steps = 0;
  std::uint64_t entries = 0;
  std::uint64_t answers = 0;
  std::uint64_t violations = 0;
  for (std::uint64_t seed = arguments.from; seed < arguments.from + arguments.seeds; ++seed) {
    NoteSeed(seed);
    const Result result = World(seed, 0, *policy::BuiltIn()).Run();
    steps += result.steps;
    entries += result.entries;
    answers += result.answers;
    if (result.violation.empty()) continue;
    if (++violations <= 3) Tell(seed);
  }
  std::cout << arguments.seeds << " seeds, " << steps << " steps, " << entries << " entries, "
            << answers << " answers, " << violations << " violations" << std::endl;
  return violations == 0 ? 0 : 1;
}

bool HasViolation(std::uint64_t seed) {
  return !World(seed, 0, *policy::BuiltIn()).Run().violation.empty();
}

}  // namespace
}  // namespace dialtone::simulation

int main(int count, char** values) {
  using namespace dialtone::simulation;
  const Arguments arguments = Parse(count, values);
  const SeedRange seeds{arguments.from, arguments.seeds};
  if (arguments.all_mutants) return FindAllMutants(seeds, HasViolation);
  if (!arguments.mutant.empty()) return FindMutant(arguments.mutant, seeds, HasViolation);
  NameSeedOnAbort();
  return RunSeeds(arguments);
}
