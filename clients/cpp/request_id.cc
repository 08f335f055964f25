#include "clients/cpp/request_id.h"

#include <absl/strings/str_format.h>
#include <openssl/sha.h>

#include <array>
#include <cstdint>
#include <random>

namespace dialtone::clients {

namespace {

std::uint64_t Random64() {
  thread_local std::random_device system;
  return (std::uint64_t{system()} << 32) | system();
}

std::uint64_t Number(const unsigned char* bytes) {
  std::uint64_t number = 0;
  for (int i = 0; i < 8; ++i) number = number << 8 | bytes[i];
  return number;
}

// In canonical text; of `high` 12 bits count, of `low` 62.
std::string Uuid7(WallTime issued, std::uint64_t high, std::uint64_t low) {
  using std::chrono::milliseconds;
  const auto millis = static_cast<std::uint64_t>(
      std::chrono::duration_cast<milliseconds>(issued.time_since_epoch()).count());
  return absl::StrFormat("%08x-%04x-7%03x-%04x-%012x", (millis >> 16) & 0xffffffff, millis & 0xffff,
                         high & 0xfff, 0x8000 | (low >> 50), low & 0xffffffffffff);
}

}  // namespace

std::string MintRequestId(WallTime issued) { return Uuid7(issued, Random64(), Random64()); }

std::string MintRequestId(WallTime issued, std::string_view deed) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(deed.data()), deed.size(), digest.data());
  return Uuid7(issued, Number(digest.data()), Number(digest.data() + 8));
}

}  // namespace dialtone::clients
