#include <algorithm>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <set>
#include <string_view>

#include "controlplane/kernel/timestamp.h"
#include "controlplane/policy/check.h"
#include "controlplane/policy/day.h"

namespace dialtone::policy {

namespace {

using google::protobuf::Message;

class Senses {
 public:
  Senses(const v1::Policy& policy, const Places& places, std::vector<std::string>& wrong)
      : policy_(policy), places_(places), wrong_(wrong) {}

  void Limits();
  void Tiers();
  void Prefixes();
  void Ranges();
  void Licences();
  void Beginnings();

 private:
  void Require(bool holds, const Message& at, const std::string& what) {
    if (!holds) wrong_.push_back(places_.Of(at) + ": " + what);
  }
  void NoCycle(const v1::Sku& sku);

  const v1::Policy& policy_;
  const Places& places_;
  std::vector<std::string>& wrong_;
};

bool InOrder(std::initializer_list<std::uint64_t> values) {
  return std::is_sorted(values.begin(), values.end());
}

void Senses::Limits() {
  const auto& reservations = policy_.reservations();
  Require(FromProto(reservations.ttl()) <= FromProto(reservations.ttl_max()), reservations,
          "ttl is beyond ttl_max");
  Require(InOrder({reservations.search_default(), reservations.search_max()}), reservations,
          "search_default is beyond search_max");
  const auto& credits = policy_.credits();
  Require(credits.funded_max().currency_code() == policy_.rating().currency_code(), credits,
          "funded_max is of another currency than the rating");
  Require(credits.funded_max().micros() <= std::numeric_limits<std::int64_t>::max() / 2, credits,
          "funded_max is more than sums can hold");
  Require(credits.purchase_max().currency_code() == policy_.rating().currency_code(), credits,
          "purchase_max is of another currency than the rating");
  Require(FromProto(credits.hold_ttl()) <= FromProto(credits.hold_ttl_max()), credits,
          "hold_ttl is beyond hold_ttl_max");
  const auto& porting = policy_.porting();
  Require(InOrder({porting.port_out_pin_digits_min(), porting.port_out_pin_digits_max()}) &&
              InOrder({porting.mobile_pin_digits_min(), porting.mobile_pin_digits_max()}),
          porting, "a PIN's least length is beyond its greatest");
  const auto& conferencing = policy_.conferencing();
  Require(InOrder({conferencing.pin_digits_min(), conferencing.pin_digits_default(),
                   conferencing.pin_digits_max()}),
          conferencing, "the PIN's default length is out of its bounds");
  const auto& routing = policy_.routing();
  Require(InOrder({routing.alert_seconds_min(), routing.alert_seconds_default(),
                   routing.alert_seconds_max()}) &&
              InOrder({routing.queue_size_default(), routing.queue_size_max()}) &&
              InOrder({routing.queue_wait_seconds_default(), routing.queue_wait_seconds_max()}),
          routing, "a default is out of its bounds");
  const auto& paging = policy_.paging();
  Require(InOrder({paging.page_size_default(), paging.page_size_max()}), paging,
          "page_size_default is beyond page_size_max");
}

// From 1 licence on without a gap, the last without an end.
void Senses::Tiers() {
  std::uint32_t next = 1;
  for (const auto& tier : policy_.service_number_tiers()) {
    Require(next != 0 && tier.licences_min() == next, tier,
            "a tier must begin where the one before it ends");
    Require(tier.licences_max() == 0 || tier.licences_max() >= tier.licences_min(), tier,
            "licences_max is less than licences_min");
    next = tier.licences_max() == 0 ? 0 : tier.licences_max() + 1;
  }
  Require(next == 0, policy_, "the last tier of service numbers must have no end");
}

void Senses::Prefixes() {
  constexpr std::size_t kDigitsMax = 15;
  std::set<std::string_view> seen;
  const auto check = [&](const auto& row) {
    Require(row.prefix().front() != '0' && row.prefix().size() <= kDigitsMax, row,
            "a prefix has 1 to 15 digits, the first not 0");
  };
  for (const auto* table : {&policy_.npa(), &policy_.calling_codes()}) {
    for (const auto& row : *table) {
      check(row);
      Require(seen.insert(row.prefix()).second, row, "prefix " + row.prefix() + " stands twice");
    }
  }
  for (const auto& row : policy_.rates()) check(row);
}

void Senses::Ranges() {
  std::map<std::string_view, const v1::NumberRange*> by_first;
  for (const auto& range : policy_.number_ranges()) {
    Require(range.first().size() == range.last().size() && range.first() <= range.last(), range,
            "a range ends where it begins or later, with as many digits");
    by_first[range.first()] = &range;
  }
  const v1::NumberRange* before = nullptr;
  for (const auto& [first, range] : by_first) {
    Require(before == nullptr || before->last().size() != first.size() || before->last() < first,
            *range, "overlaps the range at " + (before ? places_.Of(*before) : ""));
    before = range;
  }
}

void Senses::NoCycle(const v1::Sku& sku) {
  std::map<std::string_view, std::set<std::string_view>> needs;
  for (const auto& row : policy_.skus()) {
    for (const auto& group : row.prerequisites()) {
      needs[row.sku()].insert(group.skus().begin(), group.skus().end());
    }
    needs[row.sku()].insert(row.includes().begin(), row.includes().end());
  }
  std::set<std::string_view> seen;
  const std::function<bool(std::string_view)> reaches = [&](std::string_view from) {
    return std::any_of(needs[from].begin(), needs[from].end(), [&](std::string_view next) {
      return next == sku.sku() || (seen.insert(next).second && reaches(next));
    });
  };
  Require(!reaches(sku.sku()), sku, sku.sku() + " is among its own prerequisites");
}

void Senses::Licences() {
  std::set<std::string_view> priced;
  for (const auto& price : policy_.sku_prices()) priced.insert(price.sku());
  for (const auto& sku : policy_.skus()) {
    NoCycle(sku);
    Require(sku.free() != priced.contains(sku.sku()), sku,
            "a licence is either free or has a price");
  }
}

// What is asked for at any time must have an answer at any time.
void Senses::Beginnings() {
  constexpr std::string_view kAlways = "1970-01-01";
  const auto& rules = policy_.country_rules();
  Require(
      std::any_of(rules.begin(), rules.end(),
                  [&](const auto& row) { return row.iso() == "*" && row.valid_from() == kAlways; }),
      policy_, "country_rules need a row for * from 1970-01-01 on");
  const auto& minimums = policy_.credits().funding_min();
  Require(std::any_of(minimums.begin(), minimums.end(),
                      [&](const auto& row) { return row.valid_from() == kAlways; }),
          policy_.credits(), "funding_min must begin at 1970-01-01");
  for (const auto& minimum : minimums) {
    Require(minimum.amount().currency_code() == policy_.rating().currency_code(), minimum,
            "funding_min is not in the currency of rating");
  }
}

}  // namespace

void CheckSense(const v1::Policy& policy, const Places& places, std::vector<std::string>& wrong) {
  Senses senses(policy, places, wrong);
  senses.Limits();
  senses.Tiers();
  senses.Prefixes();
  senses.Ranges();
  senses.Licences();
  senses.Beginnings();
}

// What rows mean is looked at when each is well formed.
std::vector<std::string> Check(const v1::Policy& policy, const Places& places) {
  std::vector<std::string> wrong;
  CheckRows(policy, places, wrong);
  if (wrong.empty()) CheckSense(policy, places, wrong);
  return wrong;
}

}  // namespace dialtone::policy
