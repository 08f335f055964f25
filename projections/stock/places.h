// The numbers of a block as bits: the form of StockRow's fields.
#pragma once

#include <absl/functional/function_ref.h>

#include <cstdint>
#include <string>

namespace dialtone::projections {

bool HasPlace(const std::string& bits, std::uint32_t place);
void AddPlace(std::string& bits, std::uint32_t place);
void RemovePlace(std::string& bits, std::uint32_t place);
std::uint32_t CountPlaces(const std::string& bits);
// In order, until `visit` says that it has enough.
void ForEachPlace(const std::string& bits, absl::FunctionRef<bool(std::uint32_t place)> visit);

}  // namespace dialtone::projections
