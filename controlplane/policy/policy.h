// The rules of the domain that are data: limits, tables and prices, compiled for lookups.
// Immutable: another policy is another object with another digest, and the claim of each term names
// the digest that its outcomes are decided under.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

#include "controlplane/kernel/digest.h"
#include "controlplane/kernel/e164.h"
#include "controlplane/kernel/money.h"
#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/dated_table.h"
#include "controlplane/policy/day.h"
#include "controlplane/policy/prefix_table.h"
#include "dialtone/policy/v1/policy.pb.h"

namespace dialtone::policy {

class Policy {
 public:
  // REQUIRES: Check (check.h) found nothing wrong. To make one, see loader.h.
  explicit Policy(std::unique_ptr<const v1::Policy> proto);

  // Limits by area; units and sections stand in policy.proto.
  const v1::Reservations& reservations() const { return proto_->reservations(); }
  const v1::NumberQuota& number_quota() const { return proto_->number_quota(); }
  const v1::NumberLifecycle& number_lifecycle() const { return proto_->number_lifecycle(); }
  const v1::Licensing& licensing() const { return proto_->licensing(); }
  const v1::Emergency& emergency() const { return proto_->emergency(); }
  const v1::Porting& porting() const { return proto_->porting(); }
  const v1::Conferencing& conferencing() const { return proto_->conferencing(); }
  const v1::Routing& routing() const { return proto_->routing(); }
  const v1::Credits& credits() const { return proto_->credits(); }
  const v1::Rating& rating() const { return proto_->rating(); }
  const v1::Paging& paging() const { return proto_->paging(); }

  // Countries, by ISO 3166-1 alpha-2.
  // What is sold there; null: nothing, or nothing yet.
  const v1::CountryFeatures* CountryAt(std::string_view iso, Timestamp at) const;
  // When the features change next; empty: no change is known.
  std::optional<Timestamp> CountryChangesAfter(std::string_view iso, Timestamp at) const;
  std::vector<const v1::CountryFeatures*> CountriesAt(Timestamp at) const;
  // How numbers of that country are handled: its own row, or else the one for all.
  const v1::CountryRules& RulesAt(std::string_view iso, Timestamp at) const;
  // By country, state and name.
  std::vector<const v1::TollCity*> CitiesAt(Timestamp at) const;
  std::vector<const v1::TollCity*> CitiesAt(std::string_view iso, Timestamp at) const;

  // Numbers.
  // The row of the longest known prefix; null: no country's.
  const v1::NumberPrefix* PrefixOf(E164 number) const { return prefixes_.Find(number.digits()); }
  // Empty: of no one country, as the toll-free numbers of +1, or unknown.
  std::string_view CountryOf(E164 number) const;
  // All prefixes of a country that stand in the tables, as digits after the +.
  std::vector<std::string_view> DialPrefixes(std::string_view iso) const;
  // User numbers that so many plan licences and pay-as-you-go licences allow.
  std::uint64_t UserNumberQuota(std::uint64_t plans, std::uint64_t pay_as_you_go) const;
  // Toll, and separately toll-free, service numbers that so many licences allow.
  std::uint32_t ServiceNumberTier(std::uint64_t licences) const;

  // Licences.
  // Null: no such product. Whether it is sold yet: Sku.valid_from.
  const v1::Sku* Sku(std::string_view sku) const;
  std::vector<const v1::Sku*> SkusOf(v1::SkuKind kind) const;
  // The licence itself, or one that it includes, is `wanted`.
  bool Provides(std::string_view sku, std::string_view wanted) const;
  // The licence itself, or one that it includes, is of that kind.
  bool Provides(std::string_view sku, v1::SkuKind kind) const;
  // A user and month; empty: free, or not sold at that time.
  std::optional<Money> PriceAt(std::string_view sku, Timestamp at) const;
  // Of a user and calendar month; null: the plan is not sold in that country.
  const v1::CallingPlanMinutes* MinutesAt(std::string_view iso, std::string_view sku,
                                          Timestamp at) const;

  // Money.
  // Of a call to `number`; null: nobody sells that. Under 100 ns.
  const v1::Rate* RateFor(E164 number, Timestamp at) const;
  // Of a call that arrives at our `number`; null: it costs nothing.
  const v1::Rate* InboundRateFor(E164 number, Timestamp at) const;
  // The least that one purchase of credits brings.
  Money FundingMinAt(Timestamp at) const;
  // Conference dial-out minutes of a calendar month for each assigned licence.
  std::uint32_t DialOutMinutesAt(Timestamp at) const;
  bool InZone(std::string_view zone, std::string_view iso, Timestamp at) const;

  // Days on which the country's carriers work.
  bool IsBusinessDay(std::string_view iso, Day day) const;
  // The `count`th business day after `day`; 0: `day` itself.
  Day AddBusinessDays(std::string_view iso, Day day, std::uint32_t count) const;

  // SHA-256 of the policy's bytes: another digest for any other content.
  const Digest& digest() const { return digest_; }
  const v1::Policy& proto() const { return *proto_; }

 private:
  // All rates of a direction that hold from a day on, until the next deck.
  struct RateDeck {
    Timestamp from;
    PrefixTable<v1::Rate> rates;
  };
  using RateDecks = std::vector<RateDeck>;

  RateDecks DecksOf(v1::CallDirection direction) const;
  static const v1::Rate* Find(const RateDecks& decks, E164 number, Timestamp at);

  std::unique_ptr<const v1::Policy> proto_;
  Digest digest_;
  DatedTable<v1::CountryFeatures> countries_;
  DatedTable<v1::CountryRules> rules_;
  DatedTable<v1::TollCity> cities_;
  DatedTable<v1::SkuPrice> prices_;
  DatedTable<v1::CallingPlanMinutes> minutes_;
  DatedTable<v1::ZoneCountry> zones_;
  DatedTable<v1::DatedAmount> funding_min_;
  DatedTable<v1::DatedMinutes> dial_out_minutes_;
  std::map<std::string_view, const v1::Sku*> skus_;
  PrefixTable<v1::NumberPrefix> prefixes_;
  RateDecks outbound_;
  RateDecks inbound_;
  std::set<std::pair<std::string_view, Day>> holidays_;
};

}  // namespace dialtone::policy
