#include "tests/golden/explorer.h"

#include <absl/strings/str_cat.h>
#include <absl/strings/str_join.h>

#include <deque>
#include <memory>

namespace dialtone::golden {

namespace {

using testing::Story;
using Path = std::vector<const Move*>;

// A refusal moves nothing; nor does time at which nothing was due.
bool Makes(Story& story, const StateMachine& machine, const Move& move) {
  const std::string before = machine.detail(story);
  move.make(story);
  const bool is_refused = story.answer().has_value() && story.answer()->has_refusal();
  if (is_refused) {
    EXPECT_EQ(machine.detail(story), before) << move.name << " was refused, and moved something";
  }
  const bool is_command = move.name.front() != '(';
  return !is_refused && (is_command || machine.detail(story) != before);
}

std::unique_ptr<Story> Told(const StateMachine& machine, const Path& path) {
  auto story = std::make_unique<Story>();
  machine.begin(*story);
  for (const Move* const move : path) move->make(*story);
  return story;
}

}  // namespace

std::set<std::string> Explored::States() const {
  std::set<std::string> states{first};
  for (const auto& [move, led_to] : edges) states.insert(led_to.begin(), led_to.end());
  return states;
}

std::set<std::string> Explored::MovesOf(const std::string& state) const {
  std::set<std::string> moves;
  for (const auto& [move, led_to] : edges) {
    if (move.first == state) moves.insert(move.second);
  }
  return moves;
}

Explored Explore(const StateMachine& machine) {
  Explored explored;
  std::set<std::string> seen{machine.detail(*Told(machine, {}))};
  std::deque<Path> open{{}};
  while (!open.empty()) {
    const Path path = std::move(open.front());
    open.pop_front();
    for (const Move& move : machine.moves) {
      const auto story = Told(machine, path);
      const std::string from = machine.state(*story);
      if (path.empty()) explored.first = from;
      if (!Makes(*story, machine, move)) continue;
      const std::string to = machine.state(*story);
      explored.edges[{from, move.name}].insert(to);
      if (to == kGone || !seen.insert(machine.detail(*story)).second) continue;
      Path longer = path;
      longer.push_back(&move);
      open.push_back(std::move(longer));
    }
  }
  return explored;
}

std::string ToMermaid(const Explored& explored) {
  std::string arrows;
  std::map<std::string, std::set<std::string>> loops;
  for (const auto& [move, led_to] : explored.edges) {
    for (const std::string& to : led_to) {
      if (to == move.first) {
        loops[to].insert(move.second);
      } else {
        absl::StrAppend(&arrows, "    ", move.first, " --> ", to, ": ", move.second, "\n");
      }
    }
  }
  std::string notes;
  for (const auto& [state, moves] : loops)
    absl::StrAppend(&notes, "    note right of ", state, ": also ", absl::StrJoin(moves, ", "),
                    "\n");
  return absl::StrCat("stateDiagram-v2\n    [*] --> ", explored.first, "\n", arrows, notes);
}

}  // namespace dialtone::golden
