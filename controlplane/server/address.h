// Where a node says that other nodes reach it: HOST:PORT, in its claims and in the group.
#pragma once

#include <cstdint>
#include <string_view>

namespace dialtone::server {

enum class Reach : std::uint8_t {
  kElsewhere,    // perhaps from everywhere: a name is not looked up
  kThisMachine,  // a loopback address
  kNowhere,      // any address of this machine, or no host and port at all
};

// Port 0 is a port here: of a listener, which takes another.
Reach ReachOf(std::string_view address);

}  // namespace dialtone::server
