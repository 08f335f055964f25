// What the decisions of this slice share about products and their pools.
#pragma once

#include <string>

#include "controlplane/domain/licensing/state.h"
#include "controlplane/policy/day.h"
#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

// The organization's licences of a product; none as yet: an empty pool.
inline LicensePool PoolOf(const State& state, const std::string& organization,
                          const std::string& sku) {
  if (const LicensePool* const pool = state.pools.Find(sku)) return *pool;
  LicensePool pool;
  pool.set_name(organization + "/licensePools/" + sku);
  pool.set_sku(sku);
  return pool;
}

inline bool IsSold(const policy::v1::Sku& sku, Timestamp at) {
  return policy::StartOf(*policy::ParseDay(sku.valid_from())) <= at;
}

}  // namespace dialtone::licensing
