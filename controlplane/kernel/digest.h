// SHA-256, and what Dialtone derives from it: chained hashes, the partition of an aggregate, keyed
// hashes.
#pragma once

#include <openssl/types.h>

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace dialtone {

using Digest = std::array<std::uint8_t, 32>;

Digest Sha256(std::string_view bytes);
// Sha256(first ‖ second), without joining them.
Digest Sha256(std::string_view first, std::string_view second);

// HMAC-SHA-256 under one key. Any thread.
class HmacKey {
 public:
  explicit HmacKey(std::string_view key);
  Digest Of(std::string_view bytes) const;

 private:
  struct Free {
    void operator()(EVP_MAC_CTX* context) const;
  };
  using Context = std::unique_ptr<EVP_MAC_CTX, Free>;
  Context keyed_;  // never updated itself: each use begins with a copy
};

std::string_view AsBytes(const Digest& digest);
std::string ToHex(std::string_view bytes);

// "sha256-64": the first 8 bytes of SHA-256 of an aggregate's key, big-endian. Its partition is the
// remainder by the partition count. Frozen with the ledger's format.
std::uint64_t KeyHash(std::string_view aggregate_key);

}  // namespace dialtone
