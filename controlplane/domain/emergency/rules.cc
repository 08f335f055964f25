#include "controlplane/domain/emergency/rules.h"

#include <algorithm>
#include <cctype>
#include <optional>

#include "controlplane/domain/inventory/rules.h"

namespace dialtone::emergency {

namespace {

// `organizations/o/addresses/a` of `organizations/o/addresses/a/locations/l`.
std::string AddressName(const std::string& location) {
  return location.substr(0, location.rfind("/locations/"));
}

// A number of no one country, as the toll-free ones of +1, is where its address is.
std::string CountryOf(const inventory::Number& number, const Address& address,
                      const policy::Policy& policy) {
  const std::string country = inventory::CountryOf(number, policy);
  return country.empty() ? address.civic().country() : country;
}

// In E.164, those whose location is one of them.
template <class IsOne>
std::vector<std::string> NumbersWhere(const inventory::State& inventory, IsOne is_one) {
  std::vector<std::string> numbers;
  for (const auto& [digits, number] : inventory.numbers) {
    if (is_one(number.location())) numbers.push_back(number.e164());
  }
  return numbers;
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

Malformation MalformedInBritain(const CivicAddress& civic, const policy::v1::Emergency& limits) {
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

Rules& RequireFits(Rules& rules, const State& state, const std::string& location,
                   const inventory::Number& number, const Context& context) {
  rules.Require(FindLocation(state, location) != nullptr, LOCATION_NOT_FOUND,
                Named{"location", location});
  if (!rules) return rules;
  const Address& address = AddressOf(state, location);
  const std::string country = CountryOf(number, address, context.policy());
  const std::string& city = number.area().city();
  const auto& country_rules = context.policy().RulesAt(country, context.now());
  const bool in_area =
      !country_rules.area_code_match() || city.empty() || SameCity(address.civic().city(), city);
  const bool agreed = !country_rules.emergency_disclaimer() || state.disclaimers.Has(country);
  return rules
      .Require(address.state() == Address::VALIDATED, ADDRESS_NOT_VALIDATED,
               Named{"address", address.name()}, Named{"state", address.state()})
      .Require(address.civic().country() == country, ADDRESS_OF_OTHER_COUNTRY,
               Named{"address_country", address.civic().country()},
               Named{"number_country", country})
      .Require(in_area, ADDRESS_OF_OTHER_AREA, Named{"address_city", address.civic().city()},
               Named{"number_city", city})
      .Require(agreed, DISCLAIMER_NOT_ACCEPTED, Named{"country", country});
}

std::vector<std::string> NumbersAt(const inventory::State& inventory, std::string_view location) {
  return NumbersWhere(inventory, [&](std::string_view of) { return of == location; });
}

std::vector<std::string> NumbersOfAddress(const inventory::State& inventory,
                                          std::string_view address) {
  const std::string prefix = std::string(address) + "/";
  return NumbersWhere(inventory, [&](std::string_view of) { return of.starts_with(prefix); });
}

// Lengths hold everywhere; the rest where policy knows how the country writes: domain.md 5.2.
Malformation Malformed(const CivicAddress& civic, const policy::Policy& policy, Timestamp at) {
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
  const bool is_british = policy.RulesAt(civic.country(), at).address_form() ==
                          policy::v1::AddressForm::ADDRESS_FORM_BRITISH;
  return is_british ? MalformedInBritain(civic, limits) : Malformation();
}

}  // namespace dialtone::emergency
