#include "controlplane/engine/ledger/embedded_format.h"

#include <algorithm>

namespace dialtone::engine {

namespace {

constexpr std::uint32_t kTails = 0xffff'ffff;

template <class Integer>
void AppendBigEndian(std::string& bytes, Integer value) {
  for (int shift = 8 * (sizeof value - 1); shift >= 0; shift -= 8) {
    bytes += static_cast<char>(value >> shift & 0xff);
  }
}

template <class Integer>
Integer BigEndian(std::string_view bytes) {
  Integer value = 0;
  for (const char byte : bytes.substr(0, sizeof value)) {
    value = static_cast<Integer>(value << 8 | static_cast<unsigned char>(byte));
  }
  return value;
}

}  // namespace

std::string RecordKey(const RecordPlace& place) {
  std::string key;
  AppendBigEndian(key, place.partition);
  AppendBigEndian(key, place.offset);
  return key;
}

std::optional<RecordPlace> ParseRecordKey(std::string_view key) {
  if (key.size() != sizeof(std::uint32_t) + sizeof(Offset)) return std::nullopt;
  return RecordPlace{BigEndian<std::uint32_t>(key), BigEndian<Offset>(key.substr(4))};
}

Digest RecordDigest(std::string_view key, std::string_view record) { return Sha256(key, record); }

std::string_view SealOf(const Digest& digest) { return AsBytes(digest).substr(0, kSealBytes); }

std::string TailKey(std::uint32_t partition) {
  std::string key;
  AppendBigEndian(key, kTails);
  AppendBigEndian(key, partition);
  return key;
}

std::string TailValue(const Tail& tail) {
  std::string value;
  AppendBigEndian(value, tail.offset);
  return value.append(AsBytes(tail.digest));
}

std::optional<Tail> ParseTail(std::string_view value) {
  if (value.size() != kTailBytes) return std::nullopt;
  Tail tail{BigEndian<Offset>(value), {}};
  std::copy(value.begin() + sizeof tail.offset, value.end(), tail.digest.begin());
  return tail;
}

}  // namespace dialtone::engine
