// Proves that the simulation sees: the engine with one fault in it must be found out.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace dialtone::simulation {

struct SeedRange {
  std::uint64_t from = 1;
  std::uint64_t count = 200;
};
using FindViolation = std::function<std::string(std::uint64_t seed)>;  // empty: none

// Each prints a line a mutant, and gives the exit code: 0 when all were found. A broken check of
// the engine itself counts as found: that is what it is for.
int FindAllMutants(const SeedRange& seeds, const FindViolation& find);
int FindMutant(std::string_view name, const SeedRange& seeds, const FindViolation& find);

// The seed that is run from now on, for those who come too late to ask.
void NoteSeed(std::uint64_t seed);
// Prints it when a check of the engine ends the process.
void NameSeedOnAbort();

}  // namespace dialtone::simulation
