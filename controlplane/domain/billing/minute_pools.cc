#include "controlplane/domain/billing/minute_pools.h"

#include <algorithm>
#include <cctype>

#include "controlplane/domain/licensing/rules.h"
#include "controlplane/domain/organizations/rules.h"

namespace dialtone::billing {

namespace {

constexpr std::int64_t kSecondsOfMinute = 60;
constexpr std::int64_t kPercent = 100;
constexpr Duration kCountAgain = Duration::Minutes(1);

// The last moment of a month: its plans are those that are sold then.
Timestamp LastOf(const Month& month) { return month.end - Duration::Micros(1); }

std::string PoolName(const std::string& organization, const std::string& sku,
                     std::string_view country, const std::string& month) {
  std::string id = sku + "-" + (country.empty() ? "" : std::string(country) + "-") + month;
  std::transform(id.begin(), id.end(), id.begin(),
                 [](unsigned char c) { return c == '_' ? '-' : std::tolower(c); });
  return organization + "/minutePools/" + id;
}

std::int64_t PercentOf(std::int64_t used, std::int64_t total) {
  return total == 0 ? 0 : used * kPercent / total;
}

bool HasSku(const licensing::UserLicenses& licenses, const std::string& sku,
            const policy::Policy& policy) {
  return std::any_of(licenses.skus().begin(), licenses.skus().end(),
                     [&](const std::string& own) { return policy.Provides(own, sku); });
}

}  // namespace

bool OpenPool::IsDomestic(std::string_view iso) const {
  if (iso.empty()) return false;
  if (rules_ == nullptr || iso == country_ || iso == row_.country()) return true;
  const auto& with = rules_->domestic_with();
  return std::find(with.begin(), with.end(), iso) != with.end();
}

std::uint64_t OpenPool::Take(std::uint64_t seconds, std::string_view iso) {
  const std::int64_t domestic_left = row_.domestic_seconds() - row_.domestic_seconds_used();
  const std::int64_t abroad_left = row_.international_seconds() - row_.international_seconds_used();
  const bool is_over = domestic_left <= 0 || (row_.international_seconds() > 0 && abroad_left <= 0);
  const std::int64_t left = IsDomestic(iso) ? domestic_left : abroad_left;
  if (is_over || left <= 0) return 0;
  const std::int64_t taken = std::min(left, static_cast<std::int64_t>(seconds));
  if (IsDomestic(iso)) {
    row_.set_domestic_seconds_used(row_.domestic_seconds_used() + taken);
  } else {
    row_.set_international_seconds_used(row_.international_seconds_used() + taken);
  }
  is_touched_ = true;
  return static_cast<std::uint64_t>(taken);
}

void OpenPool::GiveBack(std::uint64_t seconds, std::string_view iso) {
  const auto back = static_cast<std::int64_t>(seconds);
  if (IsDomestic(iso)) {
    row_.set_domestic_seconds_used(row_.domestic_seconds_used() - back);
  } else {
    row_.set_international_seconds_used(row_.international_seconds_used() - back);
  }
}

OpenPool* OpenPools::OfPlan(const licensing::UserLicenses& licenses,
                            std::string_view usage_location, const Month& month) {
  for (const std::string& sku : licenses.skus()) {
    if (OpenPool* const pool = Find(sku, usage_location, month)) return pool;
  }
  return nullptr;
}

OpenPool* OpenPools::Find(const std::string& sku, std::string_view location, const Month& month) {
  for (const Entry& entry : entries_) {
    if (entry.sku == sku && entry.location == location && entry.month == month.begin)
      return entry.pool;
  }
  OpenPool* const pool = Open(sku, location, month);
  entries_.push_back({sku, std::string(location), month.begin, pool});
  return pool;
}

std::string_view OpenPools::PoolCountry(std::string_view location, Timestamp at) const {
  const std::string& shared = context_.policy().RulesAt(location, at).minute_pool();
  return shared.empty() ? location : std::string_view(shared);
}

// The plan itself, or the one that a bundle includes.
OpenPool* OpenPools::Open(const std::string& sku, std::string_view location, const Month& month) {
  const policy::Policy& policy = context_.policy();
  const policy::v1::Sku* const product = policy.Sku(sku);
  if (product == nullptr) return nullptr;
  const auto* const minutes = policy.MinutesAt(location, sku, LastOf(month));
  if (minutes == nullptr) {
    for (const std::string& part : product->includes()) {
      if (OpenPool* const pool = Find(part, location, month)) return pool;
    }
    return nullptr;
  }
  const std::string_view country = PoolCountry(location, LastOf(month));
  if (OpenPool* const open = FindOpen(sku, country, month)) return open;
  MinutePool row = RowOf(sku, country, month);
  const std::int64_t counted_before = row.count_micros();
  Count(row, *minutes);
  OpenPool& pool = Add(std::move(row), &policy.RulesAt(location, LastOf(month)), minutes->iso());
  if (pool.row().count_micros() != counted_before) pool.Keep();
  return &pool;
}

OpenPool* OpenPools::FindOpen(const std::string& sku, std::string_view country,
                              const Month& month) {
  const auto is_it = [&, text = ToText(month)](const OpenPool& open) {
    return open.row().sku() == sku && open.row().country() == country && open.row().month() == text;
  };
  const auto found = std::find_if(pools_.begin(), pools_.end(), is_it);
  return found == pools_.end() ? nullptr : &*found;
}

OpenPool& OpenPools::Add(MinutePool row, const policy::v1::CountryRules* rules,
                         std::string_view country) {
  return pools_.emplace_back(std::move(row), rules, country);
}

MinutePool OpenPools::RowOf(const std::string& sku, std::string_view country,
                            const Month& month) const {
  const std::string name = PoolName(organizations::OrganizationName(organization_.organizations),
                                    sku, country, ToText(month));
  if (const MinutePool* const known = organization_.billing.pools.Find(name)) return *known;
  MinutePool row;
  row.set_name(name);
  row.set_sku(sku);
  row.set_country(std::string(country));
  row.set_month(ToText(month));
  return row;
}

// To count walks over all users that have licences: so it is done when it may have changed, not
// for each batch.
void OpenPools::Count(MinutePool& row, const policy::v1::CallingPlanMinutes& minutes) const {
  const std::uint64_t assigned = HoldersOf(row.sku());
  const bool is_fresh = row.assigned() == assigned && row.count_micros() > 0 &&
                        context_.now() - Timestamp::Micros(row.count_micros()) < kCountAgain;
  if (is_fresh) return;
  row.set_assigned(static_cast<std::uint32_t>(assigned));
  row.set_users(UsersOf(row));
  row.set_count_micros(context_.now().micros());
  row.set_domestic_seconds(kSecondsOfMinute * minutes.domestic_minutes() * row.users());
  row.set_international_seconds(kSecondsOfMinute * minutes.international_minutes() * row.users());
}

std::uint32_t OpenPools::UsersOf(const MinutePool& row) const {
  std::uint32_t users = 0;
  for (const auto& [name, licenses] : organization_.licensing.users) {
    if (!HasSku(licenses, row.sku(), context_.policy())) continue;
    const std::string_view location =
        organizations::UsageLocation(organization_.organizations, name);
    if (!location.empty() && PoolCountry(location, context_.now()) == row.country()) ++users;
  }
  return users;
}

// Pay-per-minute conferencing is free to have, and brings no minutes: domain.md 2.1.
OpenPool* OpenPools::OfDialOut(const Month& month) {
  const auto products = context_.policy().SkusOf(policy::v1::SKU_KIND_AUDIO_CONFERENCING);
  const auto product =
      std::find_if(products.begin(), products.end(), [](const auto* sku) { return !sku->free(); });
  if (product == products.end()) return nullptr;
  const std::string& sku = (*product)->sku();
  if (OpenPool* const open = FindOpen(sku, "", month)) return open;
  MinutePool row = RowOf(sku, "", month);
  row.set_users(static_cast<std::uint32_t>(HoldersOf(sku)));
  row.set_domestic_seconds(kSecondsOfMinute * row.users() *
                           context_.policy().DialOutMinutesAt(LastOf(month)));
  return &Add(std::move(row), nullptr, "");
}

// Licences that are assigned of the product, or of bundles that include it.
std::uint64_t OpenPools::HoldersOf(const std::string& sku) const {
  std::uint64_t holders = 0;
  for (const auto& [owned, pool] : organization_.licensing.pools) {
    if (context_.policy().Provides(owned, sku)) holders += pool.assigned();
  }
  return holders;
}

std::vector<MinutePool> OpenPools::Touched() {
  std::vector<MinutePool> touched;
  for (OpenPool& pool : pools_) {
    if (!pool.is_touched()) continue;
    MinutePool& row = pool.row();
    const std::int64_t used =
        std::max(PercentOf(row.domestic_seconds_used(), row.domestic_seconds()),
                 PercentOf(row.international_seconds_used(), row.international_seconds()));
    for (const std::uint32_t notice : context_.policy().rating().notice_percents()) {
      if (used >= notice) row.set_notice_percent(std::max(row.notice_percent(), notice));
    }
    touched.push_back(row);
  }
  return touched;
}

}  // namespace dialtone::billing
