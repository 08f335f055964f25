#include "controlplane/policy/policy.h"

#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include <algorithm>
#include <charconv>

#include "controlplane/kernel/check.h"

namespace dialtone::policy {

namespace {

constexpr std::string_view kEveryCountry = "*";

Digest DigestOf(const v1::Policy& proto) {
  std::string bytes;
  google::protobuf::io::StringOutputStream stream(&bytes);
  {
    google::protobuf::io::CodedOutputStream out(&stream);
    out.SetSerializationDeterministic(true);
    proto.SerializeToCodedStream(&out);
  }
  return Sha256(bytes);
}

std::uint64_t ToNumber(std::string_view digits) {
  std::uint64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

std::string Joined(std::string_view first, std::string_view second) {
  return std::string(first) + "/" + std::string(second);
}

}  // namespace

Policy::Policy(std::unique_ptr<const v1::Policy> proto)
    : proto_(std::move(proto)), digest_(DigestOf(*proto_)) {
  for (const auto& row : proto_->country_features()) countries_.Put(row.iso(), row);
  for (const auto& row : proto_->country_rules()) rules_.Put(row.iso(), row);
  for (const auto& row : proto_->toll_cities())
    cities_.Put(Joined(row.iso(), Joined(row.region(), row.city())), row);
  for (const auto& row : proto_->sku_prices()) prices_.Put(row.sku(), row);
  for (const auto& row : proto_->calling_plan_minutes())
    minutes_.Put(Joined(row.iso(), row.sku()), row);
  for (const auto& row : proto_->zones()) zones_.Put(Joined(row.zone(), row.iso()), row);
  for (const auto& row : proto_->credits().funding_min()) funding_min_.Put("", row);
  for (const auto& row : proto_->conferencing().dial_out_minutes()) dial_out_minutes_.Put("", row);
  for (const auto& row : proto_->skus()) skus_.emplace(row.sku(), &row);
  for (const auto& row : proto_->holidays()) holidays_.emplace(row.iso(), *ParseDay(row.date()));
  std::vector<PrefixTable<v1::NumberPrefix>::Entry> prefixes;
  for (const auto& row : proto_->npa()) prefixes.emplace_back(ToNumber(row.prefix()), &row);
  for (const auto& row : proto_->calling_codes())
    prefixes.emplace_back(ToNumber(row.prefix()), &row);
  prefixes_ = PrefixTable<v1::NumberPrefix>(prefixes);
  outbound_ = DecksOf(v1::CALL_DIRECTION_OUTBOUND);
  inbound_ = DecksOf(v1::CALL_DIRECTION_INBOUND);
}

// A later row takes the place of the earlier one of its prefix; the others stay as they were.
Policy::RateDecks Policy::DecksOf(v1::CallDirection direction) const {
  std::map<Timestamp, std::map<std::uint64_t, const v1::Rate*>> begun;
  for (const auto& row : proto_->rates()) {
    if (row.direction() == direction)
      begun[StartOf(*ParseDay(row.valid_from()))][ToNumber(row.prefix())] = &row;
  }
  RateDecks decks;
  std::map<std::uint64_t, const v1::Rate*> in_force;
  for (const auto& [from, rows] : begun) {
    for (const auto& [prefix, row] : rows) in_force[prefix] = row;
    decks.push_back({from, PrefixTable<v1::Rate>({in_force.begin(), in_force.end()})});
  }
  return decks;
}

const v1::Rate* Policy::Find(const RateDecks& decks, E164 number, Timestamp at) {
  const auto after =
      std::upper_bound(decks.begin(), decks.end(), at,
                       [](Timestamp time, const RateDeck& deck) { return time < deck.from; });
  return after == decks.begin() ? nullptr : std::prev(after)->rates.Find(number.digits());
}

const v1::CountryFeatures* Policy::CountryAt(std::string_view iso, Timestamp at) const {
  return countries_.Find(iso, at);
}

std::optional<Timestamp> Policy::CountryChangesAfter(std::string_view iso, Timestamp at) const {
  const auto* next = countries_.After(iso, at);
  if (next == nullptr) return std::nullopt;
  return StartOf(*ParseDay(next->valid_from()));
}

std::vector<const v1::CountryFeatures*> Policy::CountriesAt(Timestamp at) const {
  return countries_.AllAt(at);
}

const v1::CountryRules& Policy::RulesAt(std::string_view iso, Timestamp at) const {
  const auto* own = rules_.Find(iso, at);
  const auto* rules = own != nullptr ? own : rules_.Find(kEveryCountry, at);
  DIALTONE_CHECK(rules != nullptr, "no country rules at " + ToText(DayOf(at)));
  return *rules;
}

std::vector<const v1::TollCity*> Policy::CitiesAt(Timestamp at) const { return cities_.AllAt(at); }

std::vector<const v1::TollCity*> Policy::CitiesAt(std::string_view iso, Timestamp at) const {
  auto cities = cities_.AllAt(at);
  std::erase_if(cities, [&](const v1::TollCity* city) { return city->iso() != iso; });
  return cities;
}

std::string_view Policy::CountryOf(E164 number) const {
  const auto* prefix = PrefixOf(number);
  return prefix == nullptr ? std::string_view() : std::string_view(prefix->iso());
}

std::vector<std::string_view> Policy::DialPrefixes(std::string_view iso) const {
  std::vector<std::string_view> prefixes;
  for (const auto* table : {&proto_->npa(), &proto_->calling_codes()}) {
    for (const auto& row : *table) {
      if (row.iso() == iso) prefixes.emplace_back(row.prefix());
    }
  }
  return prefixes;
}

std::uint64_t Policy::UserNumberQuota(std::uint64_t plans, std::uint64_t pay_as_you_go) const {
  const auto& quota = number_quota();
  return plans * quota.numerator() / quota.denominator() + quota.plus() +
         pay_as_you_go * quota.per_pay_as_you_go();
}

std::uint32_t Policy::ServiceNumberTier(std::uint64_t licences) const {
  std::uint32_t numbers = 0;
  for (const auto& tier : proto_->service_number_tiers()) {
    if (licences >= tier.licences_min()) numbers = tier.numbers();
  }
  return numbers;
}

const v1::Sku* Policy::Sku(std::string_view sku) const {
  const auto found = skus_.find(sku);
  return found == skus_.end() ? nullptr : found->second;
}

std::vector<const v1::Sku*> Policy::SkusOf(v1::SkuKind kind) const {
  std::vector<const v1::Sku*> found;
  for (const auto& sku : proto_->skus()) {
    if (sku.kind() == kind) found.push_back(&sku);
  }
  return found;
}

bool Policy::Provides(std::string_view sku, std::string_view wanted) const {
  if (sku == wanted) return true;
  const auto* row = Sku(sku);
  return row != nullptr &&
         std::any_of(row->includes().begin(), row->includes().end(),
                     [&](const std::string& part) { return Provides(part, wanted); });
}

bool Policy::Provides(std::string_view sku, v1::SkuKind kind) const {
  const auto* row = Sku(sku);
  return row != nullptr &&
         (row->kind() == kind ||
          std::any_of(row->includes().begin(), row->includes().end(),
                      [&](const std::string& part) { return Provides(part, kind); }));
}

std::optional<Money> Policy::PriceAt(std::string_view sku, Timestamp at) const {
  const auto* price = prices_.Find(sku, at);
  if (price == nullptr) return std::nullopt;
  return Money(price->price_micros(), Currency(rating().currency_code()));
}

const v1::CallingPlanMinutes* Policy::MinutesAt(std::string_view iso, std::string_view sku,
                                                Timestamp at) const {
  return minutes_.Find(Joined(iso, sku), at);
}

const v1::Rate* Policy::RateFor(E164 number, Timestamp at) const {
  return Find(outbound_, number, at);
}

const v1::Rate* Policy::InboundRateFor(E164 number, Timestamp at) const {
  return Find(inbound_, number, at);
}

Money Policy::FundingMinAt(Timestamp at) const {
  const auto* found = funding_min_.Find("", at);
  DIALTONE_CHECK(found != nullptr, "no funding minimum at " + ToText(DayOf(at)));
  return FromProto(found->amount());
}

std::uint32_t Policy::DialOutMinutesAt(Timestamp at) const {
  const auto* found = dial_out_minutes_.Find("", at);
  return found == nullptr ? 0 : found->minutes();
}

bool Policy::InZone(std::string_view zone, std::string_view iso, Timestamp at) const {
  return zones_.Find(Joined(zone, iso), at) != nullptr;
}

bool Policy::IsBusinessDay(std::string_view iso, Day day) const {
  const unsigned weekday = std::chrono::weekday(day).iso_encoding();
  const auto& weekend = RulesAt(iso, StartOf(day)).weekend_days();
  return std::find(weekend.begin(), weekend.end(), weekday) == weekend.end() &&
         !holidays_.contains({iso, day});
}

Day Policy::AddBusinessDays(std::string_view iso, Day day, std::uint32_t count) const {
  while (count > 0) {
    day += std::chrono::days(1);
    if (IsBusinessDay(iso, day)) --count;
  }
  return day;
}

}  // namespace dialtone::policy
