// The server's time, which is the only one that counts: it may be simulated, and moved by months at
// once.
#pragma once

#include <chrono>
#include <stop_token>
#include <tl/expected.hpp>

#include "clients/cpp/client.h"

namespace dialtone::clients::simulators {

class ServerClock {
 public:
  enum class Kind { kWall, kSimulated };
  struct Reading {
    WallTime now;
    Kind kind = Kind::kWall;
  };

  explicit ServerClock(Client& client) : client_(client) {}

  // Asks the server. Any thread.
  tl::expected<Reading, Failure> Read() const;
  // How long to wait before the clock is read again, if something is due then. A simulated clock is
  // moved without a word to anybody, so it is looked at all the time; a wall clock is not.
  static std::chrono::milliseconds UntilNextLook(const Reading& reading, WallTime due);
  // Returns when it is that time, or stop is asked for. The server may be away meanwhile.
  void Await(WallTime time, const std::stop_token& stop) const;

 private:
  Client& client_;
};

// False: stop was asked for meanwhile.
bool Pause(std::chrono::milliseconds span, const std::stop_token& stop);

}  // namespace dialtone::clients::simulators
