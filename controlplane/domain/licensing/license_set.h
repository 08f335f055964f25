// What licences that stand together must keep: the graph of domain.md 2.2, as questions about a set
// of products, whether a user has them or an organization has bought them.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "controlplane/policy/policy.h"

namespace dialtone::licensing {

using Skus = std::set<std::string>;

// A product, and what it does not go with, or lacks. Empty: there is none such.
struct Conflict {
  std::string sku;
  std::string other;
  bool empty() const { return sku.empty(); }
};

// What `sku` needs and nothing of the set gives, as `MCOEV or MCOSTANDARD`; empty: nothing.
std::string Lacks(const Skus& skus, std::string_view sku, const policy::Policy& policy);

// The first of `added` that lacks something in the set.
Conflict FirstUnmet(const Skus& skus, const Skus& added, const policy::Policy& policy);

// Two of the set that are never had together, one of which is of `added`.
Conflict FirstExcluded(const Skus& skus, const Skus& added, const policy::Policy& policy);

// A voice licence and a base plan that can have none, one of which is of `added`.
Conflict FirstWithoutVoice(const Skus& skus, const Skus& added, const policy::Policy& policy);

// Those of `kept` that cannot stay in the set, one after the other.
Skus Falling(Skus skus, const Skus& kept, const policy::Policy& policy);

// One of the set is, or includes, a Calling Plan or pay-as-you-go.
bool GivesPlan(const Skus& skus, const policy::Policy& policy);

}  // namespace dialtone::licensing
