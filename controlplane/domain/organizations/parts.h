// What the decisions of this slice share.
#pragma once

#include <string>

#include "controlplane/kernel/context.h"
#include "controlplane/policy/policy.h"

namespace dialtone::organizations {

struct EtagTag {
  static constexpr const char* kPrefix = "e";
};

// Another text after every change.
inline std::string NewEtag(Context& context) { return context.NewId<EtagTag>().text(); }

// The caller has seen the newest change, or does not ask for that.
inline bool Fits(const std::string& asked, const std::string& current) {
  return asked.empty() || asked == current;
}

// Something is sold there today.
inline bool IsServed(const std::string& country, const Context& context) {
  return context.policy().CountryAt(country, context.now()) != nullptr;
}

}  // namespace dialtone::organizations
