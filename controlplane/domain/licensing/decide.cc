#include "controlplane/domain/licensing/decide.h"

#include <absl/strings/str_join.h>

#include <algorithm>
#include <string>
#include <utility>

#include "controlplane/domain/licensing/license_set.h"
#include "controlplane/domain/licensing/pool.h"
#include "controlplane/domain/licensing/rules.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

namespace {

Skus BoughtSkus(const State& state) {
  Skus skus;
  for (const auto& [sku, pool] : state.pools) {
    if (pool.bought() > 0) skus.insert(sku);
  }
  return skus;
}

// Virtual users come free with Phone System, some more with every ten: domain.md 2.1.
std::uint64_t VirtualUsersMax(const State& state, const policy::Policy& policy) {
  const std::uint64_t phones = Bought(state, policy::v1::SKU_KIND_PHONE_SYSTEM, policy);
  const auto& limits = policy.licensing();
  return phones == 0 ? 0 : limits.virtual_users_base() + phones / limits.virtual_users_per();
}

std::uint64_t PoolMax(const policy::v1::Sku& sku, const State& state,
                      const policy::Policy& policy) {
  std::uint64_t max = policy.licensing().pool_max();
  if (sku.users_max() > 0) max = std::min<std::uint64_t>(max, sku.users_max());
  if (sku.kind() == policy::v1::SKU_KIND_VIRTUAL_USER)
    max = std::min(max, VirtualUsersMax(state, policy));
  return max;
}

// What of the purchases would lack its prerequisite without this product.
std::string BoughtThatNeed(const std::string& sku, const State& state,
                           const policy::Policy& policy) {
  Skus rest = BoughtSkus(state);
  rest.erase(sku);
  return absl::StrJoin(Falling(rest, rest, policy), ", ");
}

}  // namespace

// Phone System is bought before a Calling Plan, a base plan before Phone System: domain.md 2.2.
Verdict<LicensePool> Decide(const BuyLicensesRequest& request, const Organization& organization,
                            Context& context) {
  const State& state = organization.licensing;
  const auto& policy = context.policy();
  const policy::v1::Sku* const sku = policy.Sku(request.sku());
  if (sku == nullptr) return tl::unexpected(Reject(SKU_UNKNOWN, Named{"sku", request.sku()}));
  LicensePool pool = PoolOf(state, request.parent(), request.sku());
  const std::string needs = Lacks(BoughtSkus(state), request.sku(), policy);
  const std::uint64_t max = PoolMax(*sku, state, policy);

  Rules rules = context.rules();
  rules
      .Require(IsSold(*sku, context.now()), SKU_NOT_SOLD_YET, Named{"sku", sku->sku()},
               Named{"valid_from", sku->valid_from()})
      .Require(!sku->unlimited(), PURCHASE_NOT_NEEDED, Named{"sku", sku->sku()})
      .Require(needs.empty(), PREREQUISITE_NOT_BOUGHT, Named{"sku", sku->sku()},
               Named{"needs", needs})
      .Require(std::uint64_t{pool.bought()} + request.quantity() <= max, TOO_MANY_LICENSES,
               Named{"sku", sku->sku()}, Named{"bought", pool.bought()},
               Named{"asked", request.quantity()}, Named{"max", max});
  if (!rules) return rules.refusal();

  LicensesBought bought;
  pool.set_bought(pool.bought() + request.quantity());
  *bought.mutable_pool() = pool;
  bought.set_quantity(request.quantity());
  const auto price = policy.PriceAt(request.sku(), context.now());
  if (price) *bought.mutable_price() = ToProto(*price);
  return Replied(std::move(pool), std::move(bought));
}

Verdict<LicensePool> Decide(const CancelLicensesRequest& request, const Organization& organization,
                            Context& context) {
  const State& state = organization.licensing;
  if (context.policy().Sku(request.sku()) == nullptr && !state.pools.Has(request.sku()))
    return tl::unexpected(Reject(SKU_UNKNOWN, Named{"sku", request.sku()}));
  LicensePool pool = PoolOf(state, request.parent(), request.sku());
  const bool to_none = pool.bought() == request.quantity();
  const std::string needed_by =
      to_none ? BoughtThatNeed(request.sku(), state, context.policy()) : std::string();

  Rules rules = context.rules();
  rules
      .Require(std::uint64_t{pool.assigned()} + request.quantity() <= pool.bought(),
               LICENSES_IN_USE, Named{"sku", request.sku()}, Named{"bought", pool.bought()},
               Named{"assigned", pool.assigned()}, Named{"asked", request.quantity()})
      .Require(needed_by.empty(), PURCHASE_STILL_NEEDED, Named{"sku", request.sku()},
               Named{"needed_by", needed_by});
  if (!rules) return rules.refusal();

  LicensesCancelled cancelled;
  pool.set_bought(pool.bought() - request.quantity());
  *cancelled.mutable_pool() = pool;
  cancelled.set_quantity(request.quantity());
  return Replied(std::move(pool), std::move(cancelled));
}

}  // namespace dialtone::licensing
