#include "controlplane/kernel/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <memory>

#include "controlplane/kernel/check.h"

namespace dialtone {

namespace {

using DigestContext = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;

// Fetching the algorithm costs more than hashing a small record: done once.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

EVP_MD_CTX* Context() {
  thread_local const DigestContext context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  return context.get();
}

}  // namespace

Digest Sha256(std::string_view bytes) { return Sha256(bytes, {}); }

Digest Sha256(std::string_view first, std::string_view second) {
  Digest digest;
  unsigned int size = 0;
  EVP_MD_CTX* const context = Context();
  const bool done = EVP_DigestInit_ex2(context, Algorithm(), nullptr) == 1 &&
                    EVP_DigestUpdate(context, first.data(), first.size()) == 1 &&
                    EVP_DigestUpdate(context, second.data(), second.size()) == 1 &&
                    EVP_DigestFinal_ex(context, digest.data(), &size) == 1;
  DIALTONE_CHECK(done && size == digest.size(), "OpenSSL has no SHA-256");
  return digest;
}

Digest HmacSha256(std::string_view key, std::string_view bytes) {
  Digest digest;
  unsigned int size = 0;
  const auto* const made = HMAC(Algorithm(), key.data(), static_cast<int>(key.size()),
                                reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                                digest.data(), &size);
  DIALTONE_CHECK(made != nullptr && size == digest.size(), "OpenSSL has no HMAC");
  return digest;
}

std::string_view AsBytes(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

std::string ToHex(std::string_view bytes) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    text += kDigits[static_cast<unsigned char>(byte) >> 4];
    text += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return text;
}

std::uint64_t KeyHash(std::string_view aggregate_key) {
  const Digest digest = Sha256(aggregate_key);
  std::uint64_t first = 0;
  for (std::size_t i = 0; i < sizeof(first); ++i) first = first << 8U | digest[i];
  return first;
}

}  // namespace dialtone
