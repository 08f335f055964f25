#include "clients/cpp/request_id.h"

#include <absl/strings/str_format.h>

#include <cstdint>
#include <random>

namespace dialtone::clients {

namespace {

std::uint64_t Random64() {
  thread_local std::random_device system;
  return (std::uint64_t{system()} << 32) | system();
}

}  // namespace

std::string MintRequestId(WallTime issued) {
  using std::chrono::milliseconds;
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<milliseconds>(issued.time_since_epoch()).count());
  const std::uint64_t high = Random64();
  const std::uint64_t low = Random64();
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x", (millis >> 16) & 0xffffffff, millis & 0xffff,
                         high & 0xfff, 0x8000 | (low >> 50), low & 0xffffffffffff);
}

}  // namespace dialtone::clients
