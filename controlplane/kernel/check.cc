#include "controlplane/kernel/check.h"

#include <cstdio>
#include <cstdlib>

namespace dialtone {

void CheckFailed(const char* file, int line, const char* condition, std::string_view detail) {
  std::fprintf(stderr, "%s:%d: must hold: %s; %.*s\n", file, line, condition,
               static_cast<int>(detail.size()), detail.data());
  std::fflush(stderr);
  std::abort();
}

}  // namespace dialtone
