// The users' licences and the pools as they become while one request goes through its users: each
// user sees what those before have left.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "controlplane/domain/aggregates/organization.h"
#include "controlplane/domain/licensing/license_set.h"
#include "controlplane/domain/licensing/state.h"
#include "controlplane/kernel/context.h"
#include "dialtone/licensing/v1/licensing_service.pb.h"

namespace dialtone::licensing {

// What cannot stay after a change: it is in the change's way, or goes along.
enum class Entailed : std::uint8_t { kInTheWay, kGoesAlong };

// What a request wants for each of its users.
struct Wish {
  Skus remove;
  Skus add;
  Skus must_have;  // before
  Entailed entailed;
};

class Roster {
 public:
  // Both outlive the roster.
  Roster(const Organization& organization, Context& context)
      : organization_(organization), context_(context) {}

  // All of the wish, the empty status, and what went along; or nothing, and why.
  LicensingResult Change(const std::string& user, const Wish& wish);

  bool is_changed() const { return !users_.empty(); }
  // Users and pools that changed, as they are now: a LicensesAssigned, LicensesUnassigned or
  // LicensesSwapped.
  template <class E>
  E ToEvent() const {
    E event;
    for (const auto& [name, licenses] : users_) *event.add_users() = licenses;
    for (const auto& [sku, pool] : pools_) *event.add_pools() = pool;
    return event;
  }
  // Digits of the numbers that went along.
  const std::vector<std::uint64_t>& unassigned() const { return unassigned_; }

 private:
  struct Step;

  Skus LicensesNow(const std::string& user) const;
  LicensePool PoolNow(const std::string& sku) const;
  Step StepTo(const std::string& user, const Wish& wish) const;
  Rules Judge(const std::string& user, const Wish& wish, const Step& step) const;
  // The first of them of which none is left; empty: there is one of each.
  std::string FirstUsedUp(const Skus& skus) const;
  std::string FirstAbroad(const std::string& user, const Skus& skus) const;
  LicensingResult ToResult(const Step& step) const;
  void Take(const std::string& user, const Step& step);

  const Organization& organization_;
  Context& context_;
  std::map<std::string, UserLicenses> users_;  // that changed, by name
  std::map<std::string, LicensePool> pools_;   // that changed, by SKU
  std::vector<std::uint64_t> unassigned_;
};

}  // namespace dialtone::licensing
