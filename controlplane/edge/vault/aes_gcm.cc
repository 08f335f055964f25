#include "controlplane/edge/vault/aes_gcm.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

#include "controlplane/kernel/check.h"

namespace dialtone::vault {

namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

const unsigned char* In(std::string_view bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* Out(std::string& bytes, std::size_t at) {
  return reinterpret_cast<unsigned char*>(bytes.data() + at);
}
int Size(std::string_view bytes) { return static_cast<int>(bytes.size()); }

}  // namespace

std::string Encrypt(std::string_view key, std::string_view text, std::string_view with) {
  DIALTONE_CHECK(key.size() == kKeyBytes, "a key of " + std::to_string(key.size()) + " bytes");
  std::string sealed = RandomBytes(kNonceBytes);
  sealed.resize(kNonceBytes + text.size() + kTagBytes);
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool fine =
      EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(sealed)) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &written, In(with), Size(with)) == 1 &&
      EVP_EncryptUpdate(context.get(), Out(sealed, kNonceBytes), &written, In(text), Size(text)) ==
          1 &&
      EVP_EncryptFinal_ex(context.get(), Out(sealed, kNonceBytes + text.size()), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes,
                          Out(sealed, kNonceBytes + text.size())) == 1;
  DIALTONE_CHECK(fine, "OpenSSL refuses to encrypt");
  return sealed;
}

std::optional<std::string> Decrypt(std::string_view key, std::string_view sealed,
                                   std::string_view with) {
  if (key.size() != kKeyBytes || sealed.size() < kNonceBytes + kTagBytes) return std::nullopt;
  const std::string_view inner =
      sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  std::string text(inner.size(), '\0');
  const CipherContext context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool fine =
      EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, In(key), In(sealed)) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, In(with), Size(with)) == 1 &&
      EVP_DecryptUpdate(context.get(), Out(text, 0), &written, In(inner), Size(inner)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), Out(text, text.size()), &written) == 1;
  if (!fine) return std::nullopt;
  return text;
}

std::string RandomBytes(std::size_t count) {
  std::string bytes(count, '\0');
  DIALTONE_CHECK(RAND_bytes(Out(bytes, 0), static_cast<int>(count)) == 1,
                 "the system gives no random bytes");
  return bytes;
}

}  // namespace dialtone::vault
