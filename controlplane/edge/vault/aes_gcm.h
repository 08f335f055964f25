// AES-256-GCM by OpenSSL: 12 bytes of nonce, the ciphertext, 16 bytes of tag.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace dialtone::vault {

inline constexpr std::size_t kKeyBytes = 32;

// `with` is bound to the text without being part of it. REQUIRES: a key of kKeyBytes.
std::string Encrypt(std::string_view key, std::string_view text, std::string_view with);
// None: another key, another `with`, or changed bytes.
std::optional<std::string> Decrypt(std::string_view key, std::string_view sealed,
                                   std::string_view with);
std::string RandomBytes(std::size_t count);

}  // namespace dialtone::vault
