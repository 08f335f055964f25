// What must hold whatever the input: broken means that this program is wrong, and it stops before
// it does harm.
#pragma once

#include <string_view>

namespace dialtone {

// Prints the place, the broken condition and the detail on stderr, then aborts.
[[noreturn]] void CheckFailed(const char* file, int line, const char* condition,
                              std::string_view detail);

}  // namespace dialtone

// CHECK(held >= 0, "held " + std::to_string(held)): stays on in release builds. The detail is
// evaluated only when broken.
#define DIALTONE_CHECK(condition, detail)                                \
  do {                                                                   \
    if (!(condition)) [[unlikely]]                                       \
      ::dialtone::CheckFailed(__FILE__, __LINE__, #condition, (detail)); \
  } while (false)
