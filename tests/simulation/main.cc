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
constexpr std::uint64_t kSeedsPerLine = 5'000;
constexpr std::uint64_t kTold = 3;  // violations whose story is printed

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

void Add(Result& sum, const Result& one) {
  sum.steps += one.steps;
  sum.entries += one.entries;
  sum.claims += one.claims;
  sum.voids += one.voids;
  sum.crashes += one.crashes;
  sum.told.first += one.told.first;
  sum.told.again += one.told.again;
  sum.told.too_old += one.told.too_old;
  sum.told.unknown += one.told.unknown;
}

int RunSeeds(const Arguments& arguments) {
  Result sum;
  std::uint64_t violations = 0;
  for (std::uint64_t seed = arguments.from; seed < arguments.from + arguments.seeds; ++seed) {
    NoteSeed(seed);
    const Result result = World(seed, 0, *policy::BuiltIn()).Run();
    Add(sum, result);
    if ((seed - arguments.from + 1) % kSeedsPerLine == 0)
      std::cout << "… " << seed - arguments.from + 1 << " seeds" << std::endl;
    if (result.violation.empty()) continue;
    if (++violations <= kTold) Tell(seed);
  }
  std::cout << arguments.seeds << " seeds, " << sum.steps << " steps, " << sum.entries
            << " entries, " << sum.claims << " claims, " << sum.voids << " void records, "
            << sum.crashes << " crashes; " << sum.told.first << " first answers, " << sum.told.again
            << " repeats, " << sum.told.too_old << " too old or reused, " << sum.told.unknown
            << " to ask again; " << violations << " violations" << std::endl;
  return violations == 0 ? 0 : 1;
}

std::string Violation(std::uint64_t seed) {
  return World(seed, 0, *policy::BuiltIn()).Run().violation;
}

}  // namespace
}  // namespace dialtone::simulation

int main(int count, char** values) {
  using namespace dialtone::simulation;
  const Arguments arguments = Parse(count, values);
  const SeedRange seeds{arguments.from, arguments.seeds};
  if (arguments.all_mutants) return FindAllMutants(seeds, Violation);
  if (!arguments.mutant.empty()) return FindMutant(arguments.mutant, seeds, Violation);
  NameSeedOnAbort();
  return RunSeeds(arguments);
}
