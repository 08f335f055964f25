#include "projections/stock/places.h"

#include <bit>

#include "controlplane/kernel/e164.h"

namespace dialtone::projections {

namespace {

constexpr std::size_t kBytes = E164::kNumbersOfBlock / 8;

unsigned Mask(std::uint32_t place) { return 1U << place % 8; }
unsigned Byte(const std::string& bits, std::size_t at) {
  return static_cast<unsigned char>(bits[at]);
}

}  // namespace

bool HasPlace(const std::string& bits, std::uint32_t place) {
  return !bits.empty() && (Byte(bits, place / 8) & Mask(place)) != 0;
}

void AddPlace(std::string& bits, std::uint32_t place) {
  if (bits.empty()) bits.assign(kBytes, '\0');
  bits[place / 8] = static_cast<char>(Byte(bits, place / 8) | Mask(place));
}

void RemovePlace(std::string& bits, std::uint32_t place) {
  if (bits.empty()) return;
  bits[place / 8] = static_cast<char>(Byte(bits, place / 8) & ~Mask(place));
}

std::uint32_t CountPlaces(const std::string& bits) {
  int count = 0;
  for (std::size_t at = 0; at < bits.size(); ++at) count += std::popcount(Byte(bits, at));
  return static_cast<std::uint32_t>(count);
}

void ForEachPlace(const std::string& bits, absl::FunctionRef<bool(std::uint32_t place)> visit) {
  for (std::size_t at = 0; at < bits.size(); ++at) {
    for (unsigned rest = Byte(bits, at); rest != 0; rest &= rest - 1) {
      const auto place =
          static_cast<std::uint32_t>(at * 8) + static_cast<std::uint32_t>(std::countr_zero(rest));
      if (!visit(place)) return;
    }
  }
}

}  // namespace dialtone::projections
