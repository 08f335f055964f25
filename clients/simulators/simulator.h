// What the simulators share: flags, a connection, watches that are followed, a clean end.
#pragma once

#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "clients/cpp/client.h"
#include "clients/simulators/agenda.h"
#include "clients/simulators/server_clock.h"
#include "clients/simulators/watch.h"

namespace dialtone::clients::simulators {

// Somebody beyond the control plane, played.
class Simulator {
 public:
  virtual ~Simulator() = default;
  // Its name as a program: dialtone-carrier.
  virtual std::string_view program() const = 0;
  // What it plays, and how its rules are written.
  virtual std::string_view help() const = 0;
  // KEY=SCRIPT. The error is a sentence.
  virtual tl::expected<void, std::string> AddRule(const std::string& rule) = 0;
  // What it watches. All of it outlives the watches; each watch is taken in a thread of its own.
  virtual std::vector<Watch> Watches(Client& client, const ServerClock& clock, Agenda& agenda) = 0;
};

// Plays until SIGTERM or SIGINT. Says {"watching":"HOST:PORT"} on stdout when every watch has
// begun, and each answer on stderr. Answers the exit code.
int Play(Simulator& simulator, const std::vector<std::string>& words);

}  // namespace dialtone::clients::simulators
