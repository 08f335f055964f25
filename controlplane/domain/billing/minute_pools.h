// The minutes that users' plans bring, while a batch of usage draws on them: domain.md 2.3, 13.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/billing/months.h"
#include "controlplane/domain/billing/state.h"
#include "controlplane/kernel/context.h"
#include "controlplane/policy/policy.h"

namespace dialtone::billing {

// One pool as a batch changes it.
class OpenPool {
 public:
  // `country` is where its users are; empty for the whole organization.
  OpenPool(MinutePool row, const policy::v1::CountryRules* rules, std::string_view country)
      : row_(std::move(row)), rules_(rules), country_(country) {}

  // The destination is at home for the pool's users.
  bool IsDomestic(std::string_view iso) const;
  // Takes up to so many seconds, and says how many: what one of the two allowances ends, ends
  // both. A call that crosses the end is split there: README.
  std::uint64_t Take(std::uint64_t seconds, std::string_view iso);
  // Gives back what the last Take took, since the rest of its call was refused.
  void GiveBack(std::uint64_t seconds, std::string_view iso);

  // Its row is new, whether it is drawn on or not.
  void Keep() { is_touched_ = true; }
  bool is_touched() const { return is_touched_; }
  const MinutePool& row() const { return row_; }
  MinutePool& row() { return row_; }

 private:
  MinutePool row_;
  const policy::v1::CountryRules* rules_;
  std::string_view country_;
  bool is_touched_ = false;
};

// The pools of a batch, each opened once. The organization and the context outlive it.
class OpenPools {
 public:
  OpenPools(const Organization& organization, const Context& context)
      : organization_(organization), context_(context) {}

  // Of the plan of a user; null: the user has none that is sold there.
  OpenPool* OfPlan(const licensing::UserLicenses& licenses, std::string_view usage_location,
                   const Month& month);
  // Conference dial-out, of the whole organization.
  OpenPool* OfDialOut(const Month& month);

  // Those that were drawn on or counted, with the notices that are due: 80 and 100 %.
  std::vector<MinutePool> Touched();

 private:
  struct Entry {
    std::string sku;
    std::string location;
    Timestamp month;
    OpenPool* pool;  // null: that plan brings nothing there
  };

  OpenPool* Find(const std::string& sku, std::string_view location, const Month& month);
  OpenPool* Open(const std::string& sku, std::string_view location, const Month& month);
  // Null: not drawn on in this batch.
  OpenPool* FindOpen(const std::string& sku, std::string_view country, const Month& month);
  OpenPool& Add(MinutePool row, const policy::v1::CountryRules* rules, std::string_view country);
  MinutePool RowOf(const std::string& sku, std::string_view country, const Month& month) const;
  void Count(MinutePool& row, const policy::v1::CallingPlanMinutes& minutes) const;
  std::uint64_t HoldersOf(const std::string& sku) const;
  std::uint32_t UsersOf(const MinutePool& row) const;
  std::string_view PoolCountry(std::string_view location, Timestamp at) const;

  const Organization& organization_;
  const Context& context_;
  std::vector<Entry> entries_;
  std::deque<OpenPool> pools_;  // stay where they are
};

}  // namespace dialtone::billing
