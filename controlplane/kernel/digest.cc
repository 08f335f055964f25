#include "controlplane/kernel/digest.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

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

void HmacKey::Free::operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }

HmacKey::HmacKey(std::string_view key) {
  const std::unique_ptr<EVP_MAC, decltype(&EVP_MAC_free)> hmac(
      EVP_MAC_fetch(nullptr, "HMAC", nullptr), &EVP_MAC_free);
  keyed_.reset(EVP_MAC_CTX_new(hmac.get()));
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
      OSSL_PARAM_construct_end(),
  };
  const int done = EVP_MAC_init(keyed_.get(), reinterpret_cast<const unsigned char*>(key.data()),
                                key.size(), params);
  DIALTONE_CHECK(done == 1, "OpenSSL has no HMAC");
}

Digest HmacKey::Of(std::string_view bytes) const {
  Digest digest;
  std::size_t size = 0;
  const Context context(EVP_MAC_CTX_dup(keyed_.get()));
  const bool done =
      context != nullptr &&
      EVP_MAC_update(context.get(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size()) == 1 &&
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) == 1;
  DIALTONE_CHECK(done && size == digest.size(), "OpenSSL has no HMAC");
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
