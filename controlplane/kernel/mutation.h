// Faults that the simulation puts into the engine to prove that it would find them. Without
// DIALTONE_MUTANTS, which only tests/simulation defines, every question is answered "no" by the
// compiler, and nothing of a mutant is left in the program.
#pragma once

#include <cstdint>

namespace dialtone {

enum class Mutation : std::uint8_t {
  kNone,
  kAckOnBrokersAnswer,     // "stored" is taken for "counts"
  kIndexUnchecked,         // the filter takes an entry wherever it stands in the chain
  kTermAtLeast,            // a claim of the same term counts
  kServeBeforeBarrier,     // an owner serves before it has read up to its claim
  kGapIgnored,             // an entry behind somebody else's record counts
  kSmallOffsetTrusted,     // only "unknown" is read back, not an offset that is too small
  kRowsAtValidity,         // rows are serialised when an entry is valid, not when it is closed
  kInboxOutsideFold,       // the inbox is in memory only
  kFloorNotRaised,         // dropped request ids are forgotten
  kWindowSlides,           // a window of sequences slides past a hole
  kTimeByWallClock,        // ledger time follows the owner's clock back
  kRepeatFromSpeculation,  // a repeat is answered before the first answer is valid
};

#ifdef DIALTONE_MUTANTS
extern Mutation mutation_in_force;
inline bool Mutant(Mutation mutation) { return mutation == mutation_in_force; }
#else
constexpr bool Mutant(Mutation) { return false; }
#endif

}  // namespace dialtone
