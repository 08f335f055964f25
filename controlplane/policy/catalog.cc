#include "controlplane/policy/catalog.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

#include "controlplane/kernel/rules.h"
#include "controlplane/policy/limits_list.h"

namespace dialtone::policy {

namespace {

constexpr std::string_view kCountries = "countries/";
constexpr std::string_view kEvery = "-";

// Empty, which is no country, when the name is of something else.
std::string_view IsoOf(std::string_view name) {
  return name.starts_with(kCountries) ? name.substr(kCountries.size()) : std::string_view();
}

Answer<Timestamp> When(const std::string& date, Timestamp now) {
  const auto day = date.empty() ? DayOf(now) : ParseDay(date);
  if (!day) return tl::unexpected(Reject(v1::CATALOG_DATE_INVALID, Named{"date", date}));
  return StartOf(*day);
}

// What is sold in the country of that name.
Answer<const v1::CountryFeatures*> FeaturesOf(const std::string& name, const Policy& policy,
                                              Timestamp at) {
  const auto* features = policy.CountryAt(IsoOf(name), at);
  if (features != nullptr) return features;
  return tl::unexpected(
      Reject(v1::COUNTRY_UNKNOWN, Named{"name", name}, Named{"date", ToText(DayOf(at))}));
}

// One page of `rows`: [first, last), and what asks for the next.
struct Page {
  std::size_t first;
  std::size_t last;
  std::string next_token;
};

// Asks for what begins at `first`, and for nothing else: it holds for one query, on one day, of one
// policy.
template <class Request>
std::string TokenOf(Request request, const Policy& policy, Timestamp at, std::size_t first) {
  request.clear_page_size();
  request.clear_page_token();
  const std::string offset = std::to_string(first);
  const std::string query = Request::descriptor()->full_name() + ToText(DayOf(at)) + offset + " " +
                            request.SerializeAsString();
  return offset + "-" + ToHex(AsBytes(Sha256(AsBytes(policy.digest()), query))).substr(0, 16);
}

template <class Request>
Answer<Page> PageOf(const Request& request, const Policy& policy, Timestamp at, std::size_t rows) {
  const std::string& token = request.page_token();
  std::size_t first = 0;
  std::from_chars(token.data(), token.data() + token.size(), first);
  if (!token.empty() && (first >= rows || token != TokenOf(request, policy, at, first))) {
    return tl::unexpected(Reject(v1::CATALOG_PAGE_TOKEN_INVALID, Named{"page_token", token}));
  }
  const auto& paging = policy.paging();
  const auto asked = static_cast<std::uint32_t>(request.page_size());
  const std::size_t size =
      asked == 0 ? paging.page_size_default() : std::min(asked, paging.page_size_max());
  const std::size_t last = std::min(rows, first + size);
  return Page{first, last, last == rows ? "" : TokenOf(request, policy, at, last)};
}

// The page of `rows` that is asked for, each added to the reply by `add`.
template <class Reply, class Request, class Rows, class Add>
Answer<Reply> Listed(const Request& request, const Policy& policy, Timestamp at, const Rows& rows,
                     Add add) {
  const auto page = PageOf(request, policy, at, rows.size());
  if (!page) return tl::unexpected(page.error());
  Reply reply;
  for (std::size_t i = page->first; i < page->last; ++i) add(reply, rows[i]);
  reply.set_next_page_token(page->next_token);
  return reply;
}

v1::Country CountryOf(const v1::CountryFeatures& features, const Policy& policy, Timestamp at) {
  v1::Country country;
  country.set_name(std::string(kCountries) + features.iso());
  *country.mutable_features() = features;
  if (const auto change = policy.CountryChangesAfter(features.iso(), at)) {
    country.set_valid_until(ToText(DayOf(*change)));
  }
  *country.mutable_rules() = policy.RulesAt(features.iso(), at);
  for (const auto* sku : policy.SkusOf(v1::SKU_KIND_CALLING_PLAN)) {
    const auto* minutes = policy.MinutesAt(features.iso(), sku->sku(), at);
    if (minutes != nullptr) *country.add_calling_plans() = *minutes;
  }
  for (const auto prefix : policy.DialPrefixes(features.iso())) {
    country.add_dial_prefixes(std::string(prefix));
  }
  return country;
}

}  // namespace

Answer<v1::Country> Get(const v1::GetCountryRequest& request, const Policy& policy, Timestamp now) {
  const auto at = When(request.date(), now);
  if (!at) return tl::unexpected(at.error());
  const auto features = FeaturesOf(request.name(), policy, *at);
  if (!features) return tl::unexpected(features.error());
  return CountryOf(**features, policy, *at);
}

Answer<v1::ListCountriesResponse> List(const v1::ListCountriesRequest& request,
                                       const Policy& policy, Timestamp now) {
  const auto at = When(request.date(), now);
  if (!at) return tl::unexpected(at.error());
  return Listed<v1::ListCountriesResponse>(
      request, policy, *at, policy.CountriesAt(*at), [&](auto& reply, const auto* features) {
        *reply.add_countries() = CountryOf(*features, policy, *at);
      });
}

Answer<v1::ListCitiesResponse> List(const v1::ListCitiesRequest& request, const Policy& policy,
                                    Timestamp now) {
  const auto at = When(request.date(), now);
  if (!at) return tl::unexpected(at.error());
  const bool every = IsoOf(request.parent()) == kEvery;
  const auto features = FeaturesOf(request.parent(), policy, *at);
  if (!every && !features) return tl::unexpected(features.error());
  return Listed<v1::ListCitiesResponse>(
      request, policy, *at, every ? policy.CitiesAt(*at) : policy.CitiesAt((*features)->iso(), *at),
      [](auto& reply, const auto* city) { *reply.add_cities() = *city; });
}

Answer<v1::ListSkusResponse> List(const v1::ListSkusRequest& request, const Policy& policy,
                                  Timestamp now) {
  const auto at = When(request.date(), now);
  if (!at) return tl::unexpected(at.error());
  std::vector<const v1::Sku*> sold;
  for (const auto& sku : policy.proto().skus()) {
    if (StartOf(*ParseDay(sku.valid_from())) <= *at) sold.push_back(&sku);
  }
  const Money nothing = Money::Zero(Currency(policy.rating().currency_code()));
  return Listed<v1::ListSkusResponse>(
      request, policy, *at, sold, [&](auto& reply, const auto* sku) {
        auto* entry = reply.add_skus();
        *entry->mutable_sku() = *sku;
        *entry->mutable_price() = ToProto(policy.PriceAt(sku->sku(), *at).value_or(nothing));
      });
}

Answer<v1::ListLimitsResponse> List(const v1::ListLimitsRequest& request, const Policy& policy,
                                    Timestamp now) {
  const auto at = When(request.date(), now);
  if (!at) return tl::unexpected(at.error());
  auto reply = Listed<v1::ListLimitsResponse>(
      request, policy, *at, LimitsAt(policy.proto(), *at),
      [](auto& limits, const auto& limit) { *limits.add_limits() = limit; });
  if (reply) reply->set_policy_digest(ToHex(AsBytes(policy.digest())));
  return reply;
}

Answer<v1::ListNumberRangesResponse> List(const v1::ListNumberRangesRequest& request,
                                          const Policy& policy, Timestamp now) {
  const auto iso = IsoOf(request.parent());
  std::vector<const v1::NumberRange*> ranges;
  for (const auto& range : policy.proto().number_ranges()) {
    if (iso == kEvery || range.iso() == iso) ranges.push_back(&range);
  }
  return Listed<v1::ListNumberRangesResponse>(
      request, policy, now, ranges,
      [](auto& reply, const auto* range) { *reply.add_number_ranges() = *range; });
}

}  // namespace dialtone::policy
