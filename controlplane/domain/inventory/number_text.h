// Numbers as people paste them: text formats at the border, domain.md 3.3. Pure.
//
// The source strips every non-digit, puts +1 before 10 digits and + before 11. Here that is done
// only where the digits can mean nothing else; what may mean another number is kept as text, with
// the reason, for a person to look at:
//   * 11 digits without + are a number only if they begin with 1: "44 20 7946 001" is no number of
//     London, and no other either.
//   * +1 and 10 digits must be an area code and a number there: "020 7946 0018" is London again.
//   * What is written with + is whole already: nothing is put before it, however long it is.
//   * Letters are not stripped: "206-555-010 ext 0" would be somebody else's number.
//   * "(0)" is dialled within the country only: "+44 (0)20 …" has one digit too many.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "dialtone/inventory/v1/inventory_service.pb.h"

namespace dialtone::inventory {

using namespace v1;

// What stands between line ends, commas, semicolons and tabs, without blanks around it; what is
// blank is left out. The texts point into `pasted`.
std::vector<std::string_view> TextsIn(std::string_view pasted);

// One number; or two with one "-" between them, the smaller first: all from the one to the other,
// `range_max` of them at most.
ParsedNumber ParseText(std::string_view text, std::uint64_t range_max);

ParseNumbersResponse Parse(const std::vector<std::string_view>& texts, std::uint64_t range_max);

}  // namespace dialtone::inventory
