#include "controlplane/domain/emergency/rules.h"

#include <algorithm>
#include <cctype>
#include <optional>

namespace dialtone::emergency {

namespace {

// `organizations/o/addresses/a` of `organizations/o/addresses/a/locations/l`.
std::string AddressName(const std::string& location) {
  return location.substr(0, location.rfind("/locations/"));
}

bool SameCity(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](unsigned char x, unsigned char y) {
    return std::tolower(x) == std::tolower(y);
  });
}

// Characters, not bytes: what is no continuation byte of UTF-8 begins one.
std::size_t Characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

Malformation Breaks(std::string field, std::string rule) {
  Malformation malformation;
  malformation.set_field(std::move(field));
  malformation.set_rule(std::move(rule));
  return malformation;
}

std::optional<Malformation> TooLong(std::string field, std::string_view text,
                                    std::uint32_t characters_max) {
  if (Characters(text) <= characters_max) return std::nullopt;
  return Breaks(std::move(field), "at most " + std::to_string(characters_max) + " characters");
}

// A for a letter, # for a digit.
std::string Shape(std::string_view text) {
  std::string shape;
  for (const unsigned char c : text)
    shape += std::isalpha(c) ? 'A' : std::isdigit(c) ? '#' : static_cast<char>(c);
  return shape;
}

bool IsBritishPostcode(std::string_view code) {
  constexpr std::string_view kShapes[] = {"AA#A #AA", "A#A #AA", "A# #AA",
                                          "A## #AA",  "AA# #AA", "AA## #AA"};
  return std::find(std::begin(kShapes), std::end(kShapes), Shape(code)) != std::end(kShapes);
}

bool IsBritishCompany(std::string_view company) {
  constexpr std::string_view kAllowed = "/,-.'&\"_ ";
  const auto may_stand = [&](unsigned char c) {
    return c >= 0x80U || std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != kAllowed.npos;
  };
  const auto first = static_cast<unsigned char>(company.front());
  return (first >= 0x80U || std::isalnum(first)) &&
         std::all_of(company.begin(), company.end(), may_stand);
}

bool IsBritishHouseNumber(std::string_view number) {
  constexpr std::string_view kAllowed = "-/[]";
  const auto may_stand = [&](unsigned char c) {
    return std::isalnum(c) || kAllowed.find(static_cast<char>(c)) != kAllowed.npos;
  };
  return std::isdigit(static_cast<unsigned char>(number.front())) &&
         std::all_of(number.begin(), number.end(), may_stand);
}

}  // namespace

const Location* FindLocation(const State& state, const std::string& location) {
  return state.locations.Find(location);
}

const Address& AddressOf(const State& state, const std::string& location) {
  return *state.addresses.Find(AddressName(location));
}

bool IsDueAtAcquisition(const policy::Policy& policy, std::string_view country, Timestamp at) {
  return policy.RulesAt(country, at).location_due() == policy::v1::LOCATION_DUE_ACQUISITION;
}

bool IsDueAtAssignment(const policy::Policy& policy, std::string_view country, Timestamp at) {
  return policy.RulesAt(country, at).location_due() == policy::v1::LOCATION_DUE_ASSIGNMENT;
}

Rules& RequireFits(Rules& rules, const State& state, const std::string& location,
                   const inventory::v1::Area& area, const policy::Policy& policy, Timestamp at) {
  rules.Require(FindLocation(state, location) != nullptr, LOCATION_NOT_FOUND,
                Named{"location", location});
  if (!rules) return rules;
  const Address& address = AddressOf(state, location);
  const auto& country = policy.RulesAt(area.country(), at);
  const bool in_area = !country.area_code_match() || SameCity(address.civic().city(), area.city());
  const bool agreed = !country.emergency_disclaimer() || state.disclaimers.Has(area.country());
  return rules
      .Require(address.state() == Address::VALIDATED, ADDRESS_NOT_VALIDATED,
               Named{"address", address.name()}, Named{"state", address.state()})
      .Require(address.civic().country() == area.country(), ADDRESS_OF_OTHER_COUNTRY,
               Named{"address_country", address.civic().country()},
               Named{"number_country", area.country()})
      .Require(in_area, ADDRESS_OF_OTHER_AREA, Named{"address_city", address.civic().city()},
               Named{"number_city", area.city()})
      .Require(agreed, DISCLAIMER_NOT_ACCEPTED, Named{"country", area.country()});
}

std::vector<std::string> NumbersAt(const inventory::State& inventory,
                                   std::string_view location_prefix) {
  std::vector<std::string> numbers;
  for (const auto& [digits, number] : inventory.numbers) {
    if (number.location().starts_with(location_prefix)) numbers.push_back(number.e164());
  }
  return numbers;
}

// Lengths hold everywhere; what may stand in a field, and the postcode's shape, in Britain:
// domain.md 5.2.
Malformation Malformed(const CivicAddress& civic, const policy::Policy& policy) {
  const auto& limits = policy.emergency();
  if (auto broken = TooLong("civic.company", civic.company(), limits.company_characters_max()))
    return *broken;
  if (auto broken =
          TooLong("civic.house_number", civic.house_number(), limits.house_number_characters_max()))
    return *broken;
  if (auto broken = TooLong("civic.street", civic.street(), limits.street_characters_max()))
    return *broken;
  if (auto broken = TooLong("civic.city", civic.city(), limits.city_characters_max()))
    return *broken;
  if (civic.country() != "GB") return {};
  if (!civic.company().empty() && !IsBritishCompany(civic.company())) {
    return Breaks("civic.company",
                  "letters, digits, spaces and / , - . ' & \" _ only, a letter or digit first");
  }
  if (!civic.house_number().empty() && !IsBritishHouseNumber(civic.house_number())) {
    return Breaks("civic.house_number", "a digit first, then letters, digits and - / [ ] only");
  }
  if (auto broken =
          TooLong("civic.postal_code", civic.postal_code(), limits.postal_code_characters_max()))
    return *broken;
  if (!IsBritishPostcode(civic.postal_code()))
    return Breaks("civic.postal_code", "AA#A #AA, A#A #AA, A# #AA, A## #AA, AA# #AA or AA## #AA");
  return {};
}

}  // namespace dialtone::emergency
