// Request ids: UUIDs of version 7 (RFC 9562). A request that is repeated under its id counts once.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

namespace dialtone::clients {

using WallTime = std::chrono::system_clock::time_point;

// Of 74 random bits and the milliseconds of `issued`, in canonical text.
std::string MintRequestId(WallTime issued);
// The same one for the same time and `deed`, in any process: whoever was killed in the middle, and
// does again what it cannot know to be done, repeats itself.
std::string MintRequestId(WallTime issued, std::string_view deed);

}  // namespace dialtone::clients
