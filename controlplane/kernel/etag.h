// Etags: a resource that was changed has another one, and a change can be made conditional on it.
#pragma once

#include <string>

#include "controlplane/kernel/context.h"
#include "controlplane/kernel/rules.h"
#include "dialtone/type/v1/common_refusal.pb.h"

namespace dialtone {

struct EtagTag {
  static constexpr const char* kPrefix = "e";
};

// Another text after every change.
inline std::string NewEtag(Context& context) { return context.NewId<EtagTag>().text(); }

// The caller has seen the newest change, or, without an etag, does not ask for that.
inline Rules& RequireEtag(Rules& rules, const std::string& asked, const std::string& current) {
  return rules.Require(asked.empty() || asked == current, type::v1::ETAG_MISMATCH,
                       Named{"etag", asked}, Named{"current", current});
}

}  // namespace dialtone
