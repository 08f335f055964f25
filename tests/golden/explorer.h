// A resource's state machine, as the code has it: every command is tried in every state that any
// commands lead to. What comes of it is the diagram in the slice's README.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/support/story.h"

namespace dialtone::golden {

// A command to the resource as it is now; in parentheses: something else that happens.
struct Move {
  std::string name;
  std::function<void(testing::Story&)> make;
};

struct StateMachine {
  // Ends with the resource in its first state.
  std::function<void(testing::Story&)> begin;
  std::vector<Move> moves;
  // What callers see; of a resource that is gone: kGone.
  std::function<std::string(const testing::Story&)> state;
  // All that decides what can be done next: finer than the state.
  std::function<std::string(const testing::Story&)> detail;
};

inline constexpr char kGone[] = "[*]";

struct Explored {
  std::string first;
  // By state and move: the states that it leads to.
  std::map<std::pair<std::string, std::string>, std::set<std::string>> edges;

  std::set<std::string> States() const;
  // Which moves are accepted in that state, in some of its details at least.
  std::set<std::string> MovesOf(const std::string& state) const;
};

Explored Explore(const StateMachine& machine);

// As a state diagram of mermaid: moves from one state to another are arrows, in the order of their
// states' text; what leaves the state as it is stands once, in a note.
std::string ToMermaid(const Explored& explored);

}  // namespace dialtone::golden
