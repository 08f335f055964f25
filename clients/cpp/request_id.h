// Request ids: UUIDs of version 7 (RFC 9562). A request that is repeated under its id counts once.
#pragma once

#include <chrono>
#include <string>

namespace dialtone::clients {

using WallTime = std::chrono::system_clock::time_point;

// Of 74 random bits and the milliseconds of `issued`, in canonical text.
std::string MintRequestId(WallTime issued);

}  // namespace dialtone::clients
