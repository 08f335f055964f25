// A month of calls as a switch would report them, made up from a seed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "clients/cpp/request_id.h"

namespace dialtone::clients::demo {

struct Month {
  WallTime end;                    // the month is the 30 days before that day
  std::vector<std::string> users;  // ids
  int calls = 400;
  std::uint64_t seed = 7;
};

// In the layout of usage reports. Months that end on one day make equal files.
void WriteCalls(const Month& month, const std::filesystem::path& file);

}  // namespace dialtone::clients::demo
