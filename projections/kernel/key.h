// Keys of a view's rows: bytes that sort like the parts they are made of.
//   Key("contoso", number_type, at)      Key("contoso", Descending{at})      Key("US",
//   Beginning{"206"})
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>

#include "controlplane/kernel/timestamp.h"

namespace dialtone::projections {

// The start of a text: only as the last part of a prefix that is scanned.
struct Beginning {
  std::string_view text;
};
// A number or a time, the greatest first.
template <class T>
struct Descending {
  T value;
};
template <class T>
Descending(T) -> Descending<T>;

namespace internal {

inline void AppendBits(std::uint64_t bits, std::string& key) {
  for (int shift = 56; shift >= 0; shift -= 8) key += static_cast<char>(bits >> shift & 0xFFU);
}
// Eight bytes that sort like the number: the sign bit turned over, so that negative ones come
// first.
template <std::integral T>
std::uint64_t SortedBits(T number) {
  if constexpr (std::is_signed_v<T>) {
    return static_cast<std::uint64_t>(static_cast<std::int64_t>(number)) ^ std::uint64_t{1} << 63U;
  } else {
    return number;
  }
}
inline std::uint64_t SortedBits(Timestamp at) { return SortedBits(at.micros()); }

// A zero inside a text stands as 00 FF, its end as 00 01: so "a" comes before "a\0" and "ab",
// whatever the next part is.
inline void AppendPart(std::string_view text, std::string& key) {
  for (const char c : text) {
    key += c;
    if (c == '\0') key += '\xFF';
  }
  key.append("\0\1", 2);
}
inline void AppendPart(const std::string& text, std::string& key) {
  AppendPart(std::string_view(text), key);
}
inline void AppendPart(const char* text, std::string& key) {
  AppendPart(std::string_view(text), key);
}
inline void AppendPart(Beginning beginning, std::string& key) {
  for (const char c : beginning.text) {
    key += c;
    if (c == '\0') key += '\xFF';
  }
}
template <std::integral T>
void AppendPart(T number, std::string& key) {
  AppendBits(SortedBits(number), key);
}
template <class T>
requires std::is_enum_v<T>
void AppendPart(T value, std::string& key) {
  AppendBits(SortedBits(static_cast<std::int64_t>(value)), key);
}
inline void AppendPart(Timestamp at, std::string& key) { AppendBits(SortedBits(at), key); }
template <class T>
void AppendPart(Descending<T> part, std::string& key) {
  AppendBits(~SortedBits(part.value), key);
}

}  // namespace internal

// A row's key, or with fewer parts than its rows have, a prefix of keys.
template <class... Parts>
std::string Key(const Parts&... parts) {
  std::string key;
  (internal::AppendPart(parts, key), ...);
  return key;
}

}  // namespace dialtone::projections
